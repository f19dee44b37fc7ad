using System.Diagnostics.CodeAnalysis;

namespace Game.Contracts.Identity;

/// <summary>
/// Identifier of a player, guild or war: <c>{homeShard}.{ulid}</c>. The home shard routes without a directory.
/// </summary>
public readonly record struct EntityId(string Shard, string Ulid)
{
    /// <summary>Longest textual form: 32 characters of shard, a dot and 26 of ULID.</summary>
    public const int MaxLength = ShardId.MaxLength + 1 + Identity.Ulid.Length;

    public override string ToString() => $"{Shard}.{Ulid}";

    /// <summary>Makes a new identifier on <paramref name="shard"/>, ordered by <paramref name="now"/> (millisecond).</summary>
    public static EntityId New(string shard, DateTimeOffset now) => new(shard, Identity.Ulid.New(now));

    public static bool TryParse([NotNullWhen(true)] string? text, out EntityId id)
    {
        id = default;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || !ShardId.IsValid(text.AsSpan(0, dot)) || !Identity.Ulid.IsValid(text.AsSpan(dot + 1)))
        {
            return false;
        }

        id = new EntityId(text[..dot], text[(dot + 1)..]);
        return true;
    }

    /// <exception cref="FormatException">The text is not <c>{shard}.{ulid}</c>.</exception>
    public static EntityId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("An entity id has the form {shard}.{ulid}.");

    /// <summary>The home shard of an identifier already known to be well formed.</summary>
    public static string ShardOf(string id) => id[..id.IndexOf('.', StringComparison.Ordinal)];
}
