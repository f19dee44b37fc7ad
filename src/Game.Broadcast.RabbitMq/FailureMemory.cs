namespace Game.Broadcast.RabbitMq;

/// <summary>
/// How often messages of a queue have failed, noted down among the dead letters of its owner, so that the next consumer goes on
/// counting; those of a transient queue, which does not outlive its consumer, are kept in memory alone. Only the active consumer writes. Not
/// thread-safe.
/// </summary>
internal sealed class FailureMemory(string queue, bool isTransient, DeadLetterQueue letters, TimeProvider clock)
{
    /// <summary>To remove a note all that stands there has to be looked at: many are removed together, or all once nothing fails any more.</summary>
    private const int Many = 64;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _unwritten = new(StringComparer.Ordinal);
    private Dictionary<string, int>? _failures;
    private int _useless;
    private long _failedAt;

    /// <summary>Reads what the consumer before has left; this one has become the active one.</summary>
    public async Task LoadAsync() => _failures ??= isTransient ? [] : await letters.ReadNotesAsync(queue);

    public int Of(ReceivedMessage message) => _failures!.GetValueOrDefault(message.FailureKey);

    public void Count(ReceivedMessage message)
    {
        _failures![message.FailureKey] = Of(message) + 1;
        if (!isTransient)
        {
            _unwritten.Add(message.FailureKey);
        }

        _failedAt = clock.GetTimestamp();
    }

    /// <summary>The message is settled.</summary>
    public void Forget(ReceivedMessage message)
    {
        if (_failures!.Remove(message.FailureKey, out var count) && !isTransient)
        {
            _useless += count;
            _unwritten.Remove(message.FailureKey);
        }
    }

    /// <exception cref="BroadcastException">The broker did not take it.</exception>
    public async Task SaveAsync()
    {
        foreach (var key in _unwritten.ToList())
        {
            await letters.NoteAsync(queue, key, _failures![key]);
            _unwritten.Remove(key);
        }

        if (_useless >= Many || (_useless > 0 && clock.GetElapsedTime(_failedAt) >= Calm))
        {
            await SweepAsync();
        }
    }

    /// <summary>Removes what is left of messages that are settled.</summary>
    /// <exception cref="BroadcastException">The broker is away.</exception>
    public async Task TidyAsync()
    {
        if (_useless > 0)
        {
            await SweepAsync();
        }
    }

    private async Task SweepAsync()
    {
        await letters.SweepAsync(queue, (key, count) => count == _failures!.GetValueOrDefault(key));
        _useless = 0;
    }
}
