namespace Game.Domain.Presence;

/// <summary>
/// Which players are to be told when somebody comes or goes: those who have that player for a friend. One owner at a time.
/// </summary>
public sealed class FriendWatch
{
    private readonly Dictionary<string, IReadOnlyList<string>> _friends = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _watchers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> WatchersOf(string player) => _watchers.TryGetValue(player, out var watchers) ? watchers : [];

    /// <summary>Replaces whom a player watches; none: no longer anybody.</summary>
    public void Set(string watcher, IReadOnlyList<string> friends)
    {
        foreach (var friend in _friends.GetValueOrDefault(watcher, []))
        {
            if (_watchers.TryGetValue(friend, out var watchers) && watchers.Remove(watcher) && watchers.Count == 0)
            {
                _watchers.Remove(friend);
            }
        }

        _friends.Remove(watcher);
        if (friends.Count == 0)
        {
            return;
        }

        _friends[watcher] = friends;
        foreach (var friend in friends)
        {
            if (!_watchers.TryGetValue(friend, out var watchers))
            {
                watchers = new HashSet<string>(StringComparer.Ordinal);
                _watchers.Add(friend, watchers);
            }

            watchers.Add(watcher);
        }
    }
}
