using Game.Contracts.Presence;

namespace Game.Domain.Presence;

/// <summary>
/// Makes a shard's digests from what changed: a player who came and went in between is not told at all, and more changes
/// than one digest carries wait for the next. Mutable; one owner at a time. Players are ULIDs.
/// </summary>
public sealed class PresenceDigests(long epoch)
{
    /// <summary>Keeps a digest well under the bus's 64 KiB.</summary>
    public const int MaxChanges = 800;

    private readonly Dictionary<string, bool> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _online = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _version;
    private int _bucket;

    public int Online => _online.Count;

    /// <summary>Whether there is anything to tell: somebody is online, or was at the last digest.</summary>
    public bool HasNews => _online.Count > 0 || _changed.Count > 0;

    public bool IsOnline(string ulid) => _online.Contains(ulid);

    public void Set(string ulid, bool online)
    {
        _ = online ? _online.Add(ulid) : _online.Remove(ulid);
        if (_told.Contains(ulid) == online)
        {
            _changed.Remove(ulid);
        }
        else
        {
            _changed[ulid] = online;
        }
    }

    /// <summary>The next digest. What it tells counts as told, also if it is lost: its bucket's turn makes up for that.</summary>
    public PresenceDigested Next(DateTimeOffset now)
    {
        var changes = _changed.Take(MaxChanges).ToList();
        foreach (var (ulid, online) in changes)
        {
            _changed.Remove(ulid);
            _ = online ? _told.Add(ulid) : _told.Remove(ulid);
        }

        var buckets = PresenceBuckets.CountFor(_online.Count);
        var bucket = _bucket++ % buckets;
        return new PresenceDigested(
            now,
            epoch,
            ++_version,
            PresenceBuckets.Join(changes.Where(change => change.Value).Select(change => change.Key)),
            PresenceBuckets.Join(changes.Where(change => !change.Value).Select(change => change.Key)),
            bucket,
            buckets,
            PresenceBuckets.Join(_online.Where(ulid => PresenceBuckets.Of(ulid, buckets) == bucket)));
    }
}
