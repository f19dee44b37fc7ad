using System.Collections.Immutable;
using Game.Contracts;
using Game.Contracts.Guilds;

namespace Game.Domain.Guilds;

/// <summary>The guild names of one shard. Names are unique without regard to case (ordinal).</summary>
public sealed record GuildDirectory : IAggregate<GuildDirectory, Command>
{
    /// <summary>By name in lower case.</summary>
    public ImmutableSortedDictionary<string, GuildSummary> Guilds { get; init => field = value.WithComparers(StringComparer.Ordinal); } =
        ImmutableSortedDictionary.Create<string, GuildSummary>(StringComparer.Ordinal);

    public static GuildDirectory Initial(string id) => new();

    public Decision Decide(Command command, DateTimeOffset now) => command switch
    {
        ReserveGuildName c => Reserve(c, now),
        ReleaseGuildName c => Guilds.TryGetValue(KeyOf(c.Name), out var held) && held.Id == c.GuildId
            ? new GuildNameReleased(now, c.GuildId, held.Name)
            : Decision.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "A guild directory does not know this command."),
    };

    public GuildDirectory Apply(GameEvent fact) => fact switch
    {
        GuildNameReserved e => this with { Guilds = Guilds.SetItem(KeyOf(e.Name), new GuildSummary(e.GuildId, e.Name)) },
        GuildNameReleased e => this with { Guilds = Guilds.Remove(KeyOf(e.Name)) },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "A guild directory's stream does not hold this event."),
    };

    /// <summary>Guilds whose name contains <paramref name="text"/>, by name, after <paramref name="afterName"/> (exclusive).</summary>
    public IReadOnlyList<GuildSummary> Search(string text, string? afterName, int count)
    {
        var wanted = KeyOf(text);
        var after = afterName is null ? null : KeyOf(afterName);
        return
        [
            .. Guilds
                .Where(guild => after is null || string.CompareOrdinal(guild.Key, after) > 0)
                .Where(guild => guild.Key.Contains(wanted, StringComparison.Ordinal))
                .Take(count)
                .Select(guild => guild.Value),
        ];
    }

    private Decision Reserve(ReserveGuildName c, DateTimeOffset now)
    {
        if (Names.CheckGuildName(c.Name) is { } refusal)
        {
            return refusal;
        }

        if (!Guilds.TryGetValue(KeyOf(c.Name), out var held))
        {
            return new GuildNameReserved(now, c.GuildId, c.Name);
        }

        return held.Id == c.GuildId
            ? Decision.Nothing
            : Refusal.Conflict(RefusalCodes.GuildNameTaken, "Another guild of this shard has that name.");
    }

    private static string KeyOf(string name) => name.ToLowerInvariant();
}
