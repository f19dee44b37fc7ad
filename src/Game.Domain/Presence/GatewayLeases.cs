using Game.Contracts.Presence;

namespace Game.Domain.Presence;

/// <summary>
/// Who has a session on this shard, as gateways report under a lease each. A player is online as long as one gateway says
/// so. Mutable; one owner at a time. Players are ids.
/// </summary>
public sealed class GatewayLeases
{
    private readonly Dictionary<string, Lease> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _online = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Online => _online.Keys;

    public bool IsOnline(string player) => _online.ContainsKey(player);

    /// <param name="report">What the gateway tells.</param>
    /// <param name="now">Its lease counts from here.</param>
    /// <param name="changes">Who is online now and was not, or the other way round.</param>
    /// <returns>False if reports are missing in between: nothing was taken over, the next one must be full.</returns>
    public bool Report(PresenceReport report, DateTimeOffset now, out IReadOnlyList<(string Player, bool Online)> changes)
    {
        var net = new Changes();
        changes = [];
        if (!_gateways.TryGetValue(report.Gateway, out var lease))
        {
            lease = new Lease();
            _gateways.Add(report.Gateway, lease);
        }

        lease.HeardAt = now;
        if (report.Sequence == lease.Sequence)
        {
            // The same again: its answer was lost.
            return true;
        }

        if (!report.Full && report.Sequence != lease.Sequence + 1)
        {
            return false;
        }

        lease.Sequence = report.Sequence;
        var listed = report.Full ? report.Online.ToHashSet(StringComparer.Ordinal) : null;
        foreach (var player in listed is null ? report.Offline : [.. lease.Players.Where(player => !listed.Contains(player))])
        {
            if (lease.Players.Remove(player))
            {
                Leave(player, net);
            }
        }

        foreach (var player in report.Online)
        {
            if (lease.Players.Add(player))
            {
                Enter(player, net);
            }
        }

        changes = net.ToList();
        return true;
    }

    /// <summary>Forgets gateways that have not reported for this long.</summary>
    /// <returns>Who is offline because of it.</returns>
    public IReadOnlyList<string> Expire(DateTimeOffset now, TimeSpan patience)
    {
        var net = new Changes();
        foreach (var (gateway, lease) in _gateways.Where(entry => now - entry.Value.HeardAt >= patience).ToList())
        {
            _gateways.Remove(gateway);
            foreach (var player in lease.Players)
            {
                Leave(player, net);
            }
        }

        return [.. net.ToList().Select(change => change.Player)];
    }

    private void Enter(string player, Changes net)
    {
        var count = _online.GetValueOrDefault(player);
        _online[player] = count + 1;
        if (count == 0)
        {
            net.Set(player, true);
        }
    }

    private void Leave(string player, Changes net)
    {
        var count = _online[player] - 1;
        if (count > 0)
        {
            _online[player] = count;
        }
        else
        {
            _online.Remove(player);
            net.Set(player, false);
        }
    }

    private sealed class Lease
    {
        public HashSet<string> Players { get; } = new(StringComparer.Ordinal);

        public long Sequence { get; set; }

        public DateTimeOffset HeardAt { get; set; }
    }

    /// <summary>Who came and went in one step has not changed.</summary>
    private sealed class Changes
    {
        private readonly Dictionary<string, bool> _byPlayer = new(StringComparer.Ordinal);

        public void Set(string player, bool online)
        {
            if (!_byPlayer.Remove(player))
            {
                _byPlayer[player] = online;
            }
        }

        public List<(string Player, bool Online)> ToList() => [.. _byPlayer.Select(change => (change.Key, change.Value))];
    }
}
