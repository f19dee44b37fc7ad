using System.Globalization;
using Game.Streaming.Kafka;

namespace Game.Routing.Routes;

/// <summary>Writes to a topic, under the message's key.</summary>
/// <param name="writer">The writer.</param>
/// <param name="topicOf">The topic of a kind.</param>
public sealed class StreamRoute(RecordWriter writer, Func<string, string> topicOf) : IMessageRoute
{
    private const string IdHeader = "id";

    public string Name => "stream";

    public async Task SendAsync(GameMessage message, CancellationToken cancellationToken)
    {
        try
        {
            // A cancelled wait gives up on a record that may be written all the same: it comes again under its id.
            await writer.WriteAsync(RecordOf(topicOf(message.Kind), message), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (RecordWriteException exception)
        {
            throw new RouteException(exception.Message, exception);
        }
    }

    private static StreamRecord RecordOf(string topic, GameMessage message) => new(topic, message.Key, message.Body)
    {
        Headers =
        [
            new RecordHeader(RecordHeaders.Type, message.Type),
            new RecordHeader(RecordHeaders.Version, message.SchemaVersion.ToString(CultureInfo.InvariantCulture)),
            new RecordHeader(IdHeader, message.Id),
        ],
    };
}
