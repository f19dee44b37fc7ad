using Game.Contracts.Presence;

namespace Game.Domain.Presence;

/// <summary>
/// Who is online on another shard, as its digests tell. Older digests than the newest heard change nothing. Mutable; one
/// owner at a time. Players are ULIDs.
/// </summary>
public sealed class RemotePresence
{
    private readonly HashSet<string> _online = new(StringComparer.Ordinal);
    private (long Epoch, long Version) _heard;
    private DateTimeOffset _heardAt;

    public int Online => _online.Count;

    public bool IsOnline(string ulid) => _online.Contains(ulid);

    /// <returns>Who is online now and was not, or the other way round.</returns>
    public IReadOnlyList<(string Ulid, bool Online)> Hear(PresenceDigested digest, DateTimeOffset now)
    {
        if ((digest.Epoch, digest.Version).CompareTo(_heard) <= 0 || digest.Buckets < 1)
        {
            return [];
        }

        _heard = (digest.Epoch, digest.Version);
        _heardAt = now;
        var changes = new List<(string, bool)>();
        foreach (var ulid in PresenceBuckets.Split(digest.Online))
        {
            Set(ulid, true, changes);
        }

        foreach (var ulid in PresenceBuckets.Split(digest.Offline))
        {
            Set(ulid, false, changes);
        }

        var members = PresenceBuckets.Split(digest.Members).ToHashSet(StringComparer.Ordinal);
        var listed = _online.Where(ulid => PresenceBuckets.Of(ulid, digest.Buckets) == digest.Bucket);
        foreach (var ulid in listed.Where(ulid => !members.Contains(ulid)).ToList())
        {
            Set(ulid, false, changes);
        }

        foreach (var ulid in members)
        {
            Set(ulid, true, changes);
        }

        return changes;
    }

    /// <summary>Nobody is online on a shard that has not been heard for this long.</summary>
    /// <returns>Who was online until now.</returns>
    public IReadOnlyList<string> ExpireIfUnheard(DateTimeOffset now, TimeSpan patience)
    {
        if (_online.Count == 0 || now - _heardAt < patience)
        {
            return [];
        }

        var gone = _online.ToList();
        _online.Clear();
        return gone;
    }

    private void Set(string ulid, bool online, List<(string, bool)> changes)
    {
        if (online ? _online.Add(ulid) : _online.Remove(ulid))
        {
            changes.Add((ulid, online));
        }
    }
}
