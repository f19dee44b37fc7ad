using System.Collections.Immutable;
using Game.Contracts.Feeds;

namespace Game.Gateway.Sessions;

/// <summary>
/// What one session listens to: the topics it shows to its client, and those it joined at the hub, which may be one more
/// for each guild whose events guard another topic. Safe for concurrent use.
/// </summary>
internal sealed class SessionTopics
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Topic> _joined = new(StringComparer.Ordinal);

    // Read by every push: replaced, never changed.
    private volatile ImmutableSortedDictionary<string, Topic> _shown =
        ImmutableSortedDictionary.Create<string, Topic>(StringComparer.Ordinal);

    private bool _ended;

    /// <summary>Without what every session listens to and none can leave.</summary>
    public IReadOnlyList<string> Shown => [.. _shown.Keys.Where(topic => topic != FeedTopics.Announcements)];

    /// <summary>Guilds whose members alone may hear what is shown.</summary>
    public IReadOnlyList<string> Guilds => [.. _shown.Values.Select(topic => topic.Guild).OfType<string>().Distinct()];

    public bool IsShown(string topic) => _shown.ContainsKey(topic);

    /// <summary>False if it is joined already or the session has ended.</summary>
    public bool TryJoin(Topic topic)
    {
        lock (_lock)
        {
            return !_ended && _joined.TryAdd(topic.Name, topic);
        }
    }

    /// <summary>No effect if it was left meanwhile.</summary>
    public void Show(Topic topic)
    {
        lock (_lock)
        {
            if (_joined.ContainsKey(topic.Name))
            {
                _shown = _shown.SetItem(topic.Name, topic);
            }
        }
    }

    public void Hide(string topic)
    {
        lock (_lock)
        {
            _shown = _shown.Remove(topic);
        }
    }

    /// <returns>What was shown to members of the guild only, and no longer is.</returns>
    public IReadOnlyList<string> HideGuild(string guild)
    {
        lock (_lock)
        {
            var ended = _shown.Values.Where(topic => topic.Guild == guild).Select(topic => topic.Name).ToList();
            _shown = _shown.RemoveRange(ended);
            return ended;
        }
    }

    /// <summary>Nothing is shown any more, and all that was joined is unneeded.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _shown = _shown.Clear();
        }
    }

    /// <summary>Takes out what is joined but neither shown nor a guard of what is shown.</summary>
    public IReadOnlyList<Topic> TakeUnneeded()
    {
        lock (_lock)
        {
            var guards = _shown.Values.Select(topic => topic.Guild).OfType<string>().Select(guild => TopicRules.OfGuild(guild).Name).ToHashSet();
            var unneeded = _joined.Values.Where(topic => !_shown.ContainsKey(topic.Name) && !guards.Contains(topic.Name)).ToList();
            unneeded.ForEach(topic => _joined.Remove(topic.Name));
            return unneeded;
        }
    }
}
