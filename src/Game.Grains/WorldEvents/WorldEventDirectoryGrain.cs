using Game.Contracts;
using Game.Contracts.Identity;
using Game.Contracts.WorldEvents;
using Game.Domain.WorldEvents;
using Game.Grains.EventSourcing;

namespace Game.Grains.WorldEvents;

[Reentrant]
public sealed class WorldEventDirectoryGrain(EventSourcingServices services)
    : EventSourcedGrain<WorldEventDirectory, RecordWorldEvent>(services), IWorldEventDirectoryGrain
{
    protected override string Category => StreamName.WorldEventDirectory;

    public Task<Outcome<WorldEventSummary>> RecordAsync(RecordWorldEvent command) =>
        ExecuteAsync(command, events => events.Events[command.EventId]);

    public async Task<WorldEventSummary?> FindAsync(string eventId) => (await ReadAsync()).Find(eventId, Now);

    public async Task<IReadOnlyList<WorldEventSummary>> ListAsync(WorldEventStatus? status, string? beforeEventId, int count) =>
        (await ReadAsync()).List(status, beforeEventId, count, Now);

    public async Task<int> GetMultiplierAsync(DateTimeOffset at) => (await ReadAsync()).MultiplierAt(at);

    public async Task WakeAsync()
    {
        foreach (var id in (await ReadAsync()).Open())
        {
            // Waiting for one that cannot be activated would keep the others asleep; its reminder brings it back.
            _ = GrainFactory.GetGrain<IWorldEventFrontGrain>(id).GetAsync();
            if (EntityId.ShardOf(id) == Key)
            {
                _ = GrainFactory.GetGrain<IWorldEventGrain>(id).GetAsync();
            }
        }
    }
}
