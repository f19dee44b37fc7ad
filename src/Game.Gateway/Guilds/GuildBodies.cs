using Game.Contracts;
using Game.Contracts.Guilds;
using Game.Contracts.Identity;
using Game.Domain;
using Game.Gateway.Http;
using Game.Gateway.Players;

namespace Game.Gateway.Guilds;

internal sealed record FoundBody(string Name, string Tag, JoinPolicy Policy) : IRequestBody
{
    public Refusal? Check() => Names.CheckGuildName(Name) ?? Names.CheckGuildTag(Tag);
}

internal sealed record TargetBody(string PlayerId) : IRequestBody
{
    public Refusal? Check() => EntityId.TryParse(PlayerId, out _)
        ? null
        : Refusal.Invalid("playerId", "{shard}.{ulid}", GatewayCodes.InvalidId);
}

internal sealed record AmountBody(long Amount) : IRequestBody
{
    public Refusal? Check() => Amount is >= 1 and <= GuildLimits.MaxTransfer
        ? null
        : Refusal.Invalid("amount", $"1 to {GuildLimits.MaxTransfer}");
}

/// <summary>The guild that will be, and the player who waits for it.</summary>
internal sealed record FoundingBody(string GuildId, PlayerBody Player);

/// <summary>A guild. Treasury, escrow and invites are null in the view of strangers.</summary>
internal sealed record GuildBody(
    string Id,
    string Name,
    string Tag,
    JoinPolicy Policy,
    long? Treasury,
    long? Escrow,
    IReadOnlyList<GuildMember> Members,
    IReadOnlyList<string>? Invites,
    IReadOnlyList<GuildWarEntry> Wars,
    bool Disbanded,
    DateTimeOffset FoundedAt,
    int WarsWon,
    int WarsLost)
{
    /// <summary>What <paramref name="playerId"/> may see.</summary>
    public static GuildBody For(string playerId, GuildView view)
    {
        var insider = view.Members.Any(member => member.PlayerId == playerId);
        return new GuildBody(
            view.Id,
            view.Name,
            view.Tag,
            view.Policy,
            insider ? view.Treasury : null,
            insider ? view.Escrow : null,
            view.Members,
            insider ? view.Invites : null,
            view.Wars,
            view.Disbanded,
            view.FoundedAt,
            view.WarsWon,
            view.WarsLost);
    }
}
