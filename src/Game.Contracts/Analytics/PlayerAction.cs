namespace Game.Contracts.Analytics;

/// <summary>
/// One thing a player did, as it goes over the stream <see cref="ActionStreams.Namespace"/>. Which of the optional
/// attributes a kind has is said at <see cref="ActionKind"/>.
/// </summary>
/// <param name="Id">
/// 1–96 characters, unique: <c>{source}</c> or <c>{source}/{n}</c> with n rising within a source. By it a repetition is known. Of
/// what a shard's log tells: <c>{shard}/{position}</c>, as on the topic of the log.
/// </param>
/// <param name="Player">Who: <c>{shard}.{ulid}</c>.</param>
/// <param name="Shard">The shard it was done on.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When, by the clock of who reports it: windows count by this time.</param>
/// <param name="Session">The session it was done in, if known.</param>
/// <param name="Amount">Damage, gold or money, 0 to 10^12: see the kind.</param>
/// <param name="Currency">ISO 4217, where the amount is money.</param>
/// <param name="X">Metres east, with <paramref name="Y"/>.</param>
/// <param name="Version">Schema version of this shape.</param>
/// <param name="Log">Its place in the shard's log, if the shard told it from there; null: a client or a service told it.</param>
[GenerateSerializer, Immutable, Alias("game.analytics.action")]
public sealed record PlayerAction(
    [property: Id(0)] string Id,
    [property: Id(1)] string Player,
    [property: Id(2)] string Shard,
    [property: Id(3)] ActionKind Kind,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] string? Session = null,
    [property: Id(6)] string? Skill = null,
    [property: Id(7)] string? Item = null,
    [property: Id(8)] string? Target = null,
    [property: Id(9)] long? Amount = null,
    [property: Id(10)] string? Currency = null,
    [property: Id(11)] string? Product = null,
    [property: Id(12)] ActionOutcome? Outcome = null,
    [property: Id(13)] int? X = null,
    [property: Id(14)] int? Y = null,
    [property: Id(15)] int Version = PlayerAction.CurrentVersion,
    [property: Id(16)] LogLink? Log = null)
{
    public const int CurrentVersion = 1;
}

/// <summary>An action and its place in its bucket's stream.</summary>
[GenerateSerializer, Immutable, Alias("game.analytics.placed-action")]
public sealed record PlacedAction([property: Id(0)] ActionOffset Offset, [property: Id(1)] PlayerAction Action);
