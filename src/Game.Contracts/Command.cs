namespace Game.Contracts;

/// <summary>
/// A request to change one aggregate. <paramref name="CommandId"/> is chosen by the caller (1–128 characters); the same
/// command id again on the same aggregate returns the first result and changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("game.command")]
public abstract record Command([property: Id(0)] string CommandId)
{
    public const int MaxCommandIdLength = 128;
}
