namespace Game.Cli.Play;

/// <summary>Where a started world listens.</summary>
public sealed record Addresses(Uri Gateway, Uri Management, IReadOnlyList<string> Shards);
