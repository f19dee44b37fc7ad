using Game.Contracts;
using Game.Contracts.Wars;
using Game.Domain.Wars;
using Game.Grains.EventSourcing;

namespace Game.Grains.Wars;

[Reentrant]
public sealed class WarDirectoryGrain(EventSourcingServices services)
    : EventSourcedGrain<WarDirectory, RecordWar>(services), IWarDirectoryGrain
{
    protected override string Category => StreamName.WarDirectory;

    public Task<Outcome<WarSummary>> RecordAsync(RecordWar command) =>
        ExecuteAsync(command, wars => wars.Find(command.WarId)!);

    public async Task<IReadOnlyList<WarSummary>> ListAsync(string? guildId, WarStatus? status, string? beforeWarId, int count) =>
        (await ReadAsync()).List(guildId, status, beforeWarId, count);
}
