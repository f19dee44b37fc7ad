using Game.Contracts;
using Game.Contracts.Feeds;
using Game.Contracts.Guilds;
using Game.Domain.Guilds;
using Game.EventStore;
using Game.Grains.EventSourcing;
using Game.Grains.Feeds;

namespace Game.Grains.Guilds;

[Reentrant]
public sealed class GuildGrain(EventSourcingServices services)
    : EventSourcedGrain<Guild, GuildCommand>(services), IGuildGrain
{
    private const int AuditPage = 256;

    protected override string Category => StreamName.Guild;

    public Task<Outcome<GuildView>> HandleAsync(GuildCommand command) => ExecuteAsync(command, guild => guild.ToView());

    public async Task<GuildView?> GetAsync() => await ReadAsync() is { Exists: true } guild ? guild.ToView() : null;

    public async Task<IReadOnlyList<AuditEntry>> GetAuditAsync(long beforeVersion, int count)
    {
        await ReadAsync();
        var entries = new List<AuditEntry>(count);
        var until = beforeVersion == 0 ? Version : Math.Min(beforeVersion - 1, Version);
        while (entries.Count < count && until > 0)
        {
            var from = Math.Max(1, until - AuditPage + 1);
            var page = new List<StoredEvent>();
            await foreach (var stored in Store.ReadAsync(Stream, from, until))
            {
                page.Add(stored);
            }

            for (var i = page.Count - 1; i >= 0 && entries.Count < count; i--)
            {
                entries.Add(GuildAudit.EntryOf(page[i].Version, page[i].Type, Codec.Decode(page[i])));
            }

            until = from - 1;
        }

        return entries;
    }

    protected override void OnCommitted(IReadOnlyList<GameEvent> facts)
    {
        foreach (var fact in facts)
        {
            Feed.Push(GrainFactory, FeedTopics.Guild(Key), "guild.event", new { guildId = Key, kind = Codec.AliasOf(fact.GetType()), @event = (object)fact });
        }
    }
}
