namespace Game.Grains.Broadcast.Chains;

/// <summary>
/// Where a message stands in its source's chains: the position of its event in the log, and its number among that event's messages.
/// </summary>
public static class ChainPlace
{
    /// <summary>Messages that one event can lead to.</summary>
    public const int MaxMessages = 1 << Bits;

    private const int Bits = 12;

    public static long Of(long position, int message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(message, MaxMessages);
        return (position << Bits) | (long)message;
    }

    public static long PositionOf(long place) => place >> Bits;
}
