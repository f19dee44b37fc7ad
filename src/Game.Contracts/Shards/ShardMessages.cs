namespace Game.Contracts.Shards;

/// <summary><paramref name="Shards"/>: all known ones, the own included; those of the settings first, in their order.</summary>
[GenerateSerializer, Immutable, Alias("game.shards.view")]
public sealed record ShardRegistryView([property: Id(0)] bool Announced, [property: Id(1)] IReadOnlyList<string> Shards);

[GenerateSerializer, Immutable, Alias("game.shards.command")]
public abstract record ShardRegistryCommand(string CommandId) : Command(CommandId);

/// <summary>The own shard is there, and knows those of its settings, <paramref name="Known"/>.</summary>
[GenerateSerializer, Immutable, Alias("game.shards.announce")]
public sealed record AnnounceShard(string CommandId, [property: Id(0), PerAttempt] IReadOnlyList<string> Known) : ShardRegistryCommand(CommandId);

/// <summary>
/// Another shard has made itself known. <paramref name="InSettings"/>: the own settings name it already.
/// <paramref name="KnowsUs"/>: it need not be answered.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.shards.meet")]
public sealed record MeetShard(
    string CommandId,
    [property: Id(0)] string Shard,
    [property: Id(1), PerAttempt] bool InSettings,
    [property: Id(2)] bool KnowsUs) : ShardRegistryCommand(CommandId);

/// <summary>The shard runs for the first time, and knows <paramref name="Known"/>. Goes to every shard there is.</summary>
[GenerateSerializer, Immutable, Alias("shard.announced")]
public sealed record ShardAnnounced(DateTimeOffset At, [property: Id(0)] IReadOnlyList<string> Known) : GameEvent(At);

/// <summary>Wars that start from now on are fought on <paramref name="Shard"/> too.</summary>
[GenerateSerializer, Immutable, Alias("shard.learned")]
public sealed record ShardLearned(DateTimeOffset At, [property: Id(0)] string Shard) : GameEvent(At);

/// <summary>The answer to <paramref name="To"/>, which has announced itself and did not know this shard.</summary>
[GenerateSerializer, Immutable, Alias("shard.introduced")]
public sealed record ShardIntroduced(DateTimeOffset At, [property: Id(0)] string To) : GameEvent(At);
