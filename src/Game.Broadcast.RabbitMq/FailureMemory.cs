using System.Text.Json;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// How often messages of a queue have failed, kept in a queue of one message beside it, so that the next consumer goes on
/// counting. Only the active consumer writes. Not thread-safe.
/// </summary>
internal sealed class FailureMemory(string queue, QueueReader reader, ConfirmedPublisher publisher)
{
    private Dictionary<string, int>? _failures;
    private bool _changed;

    /// <summary>Reads what the consumer before has left; this one has become the active one.</summary>
    public async Task LoadAsync()
    {
        if (_failures is null)
        {
            var (seen, _) = await reader.ReadAsync(Topology.FailuresOf(queue));
            _failures = seen.Count == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, int>>(seen[^1].Message.Body.Span)!;
        }
    }

    public int Of(ReceivedMessage message) => _failures!.GetValueOrDefault(message.FailureKey);

    public void Count(ReceivedMessage message)
    {
        _failures![message.FailureKey] = Of(message) + 1;
        _changed = true;
    }

    /// <summary>The message is settled.</summary>
    public void Forget(ReceivedMessage message) => _changed |= _failures!.Remove(message.FailureKey);

    /// <exception cref="BroadcastException">The broker did not take it.</exception>
    public async Task SaveAsync()
    {
        if (_changed)
        {
            await publisher.PutAsync(
                Topology.FailuresOf(queue), new BasicProperties { Persistent = true }, JsonSerializer.SerializeToUtf8Bytes(_failures));
            _changed = false;
        }
    }
}
