using System.Text.Json;
using Game.Contracts.Analytics;
using Game.Routing;
using Game.Streaming.Kafka;

namespace Game.Silo.Actions;

/// <summary>Writes the actions of a message to their topic, a record each, as the stream of their bucket does.</summary>
/// <param name="streams">Whose topics and partitions.</param>
/// <param name="writer">Gives a record up before the router gives up the message, so that none comes late by itself.</param>
internal sealed class ActionRoute(KafkaStreamOptions streams, RecordWriter writer) : IMessageRoute
{
    public string Name => ActionStreams.Namespace;

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var confirms = ActionMessages.Read(message)
                .Select(action => writer.WriteAsync(streams.Encode(ActionStreams.Namespace, message.Key, action), cancellationToken))
                .ToList();
            await Task.WhenAll(confirms).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RecordWriteException or RecordCodecException or JsonException)
        {
            throw new RouteException(exception.Message, exception);
        }
    }
}
