namespace Game.Grains.Broadcast.Chains;

/// <summary>
/// When one source was last told what was heard of it, and when it is to be told again: half a minute later if more was heard since, else
/// twice as long as before, up to a limit. Not thread-safe.
/// </summary>
internal sealed class Telling
{
    private DateTimeOffset? _at;
    private TimeSpan _wait = Resync.Interval;
    private long _heard;

    /// <param name="heard">Grows with everything that is heard.</param>
    /// <param name="now">When this is asked.</param>
    /// <returns>Whether it is to be told now; then it is taken for told.</returns>
    public bool TryTake(long heard, DateTimeOffset now)
    {
        var isQuiet = _at is not null && heard == _heard;
        if (isQuiet && now - _at < _wait)
        {
            return false;
        }

        var longer = _wait * 2 > Resync.MaxInterval ? Resync.MaxInterval : _wait * 2;
        _wait = isQuiet ? longer : Resync.Interval;
        (_at, _heard) = (now, heard);
        return true;
    }
}
