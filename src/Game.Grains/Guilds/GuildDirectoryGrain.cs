using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Domain.Guilds;
using Game.Grains.EventSourcing;

namespace Game.Grains.Guilds;

[Reentrant]
public sealed class GuildDirectoryGrain(EventSourcingServices services)
    : EventSourcedGrain<GuildDirectory, Command>(services), IGuildDirectoryGrain
{
    protected override string Category => StreamName.GuildDirectory;

    public Task<Outcome<string>> ReserveNameAsync(ReserveGuildName command) => ExecuteAsync(command, _ => command.Name);

    public Task<Outcome<string>> ReleaseNameAsync(ReleaseGuildName command) => ExecuteAsync(command, _ => command.Name);

    public async Task<IReadOnlyList<GuildSummary>> SearchAsync(string text, string? afterName, int count) =>
        (await ReadAsync()).Search(text, afterName, count);
}
