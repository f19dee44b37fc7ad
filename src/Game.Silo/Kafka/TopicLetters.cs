using Game.Gateway;
using Game.Streaming.Kafka;

namespace Game.Silo.Kafka;

/// <summary>Dead letters of topics as the management port shows them.</summary>
internal static class TopicLetters
{
    /// <param name="shelves">By topic; null: there is no Kafka.</param>
    /// <param name="patience">How long each may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<TopicStatus>> CountAsync(
        IReadOnlyDictionary<string, DeadLetterShelf>? shelves, TimeSpan patience, CancellationToken cancellationToken) =>
        shelves is null ? [] : await Task.WhenAll(shelves.Select(async shelf =>
        {
            try
            {
                var count = await AskAsync(() => shelf.Value.CountAsync(cancellationToken)).WaitAsync(patience, cancellationToken);
                return new TopicStatus(shelf.Key, count, null);
            }
            catch (Exception exception) when (exception is OperationUnavailableException or TimeoutException)
            {
                return new TopicStatus(shelf.Key, null, exception is TimeoutException ? "Kafka does not answer." : exception.Message);
            }
        }));

    public static async Task<IReadOnlyList<DeadLetterStatus>> ListAsync(
        DeadLetterShelf shelf, long after, int count, CancellationToken cancellationToken) =>
        [.. (await shelf.ListAsync(after, count, cancellationToken)).Select(found => Describe(found.Id, found.Letter))];

    public static async Task<DeadLetterDetail?> FindAsync(DeadLetterShelf shelf, long id, CancellationToken cancellationToken) =>
        await shelf.FindAsync(id, cancellationToken) is { } letter
            ? Operations.Detail(
                Describe(id, letter),
                letter.Headers.GroupBy(header => header.Name, StringComparer.Ordinal)
                    .ToDictionary(headers => headers.Key, headers => headers.Last().Text, StringComparer.Ordinal),
                letter.Value)
            : null;

    /// <exception cref="OperationUnavailableException">Kafka is away, or refuses.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is TopicAdministrationException or RecordWriteException or TimeoutException)
        {
            throw new OperationUnavailableException($"Kafka: {exception.Message}", exception);
        }
    }

    private static DeadLetterStatus Describe(long id, ConsumedRecord letter)
    {
        var source = letter.Header(RecordHeaders.DeadLetterSource) ?? letter.Place;
        return new DeadLetterStatus(
            id,
            letter.Header(RecordHeaders.Id) ?? source,
            letter.Header(RecordHeaders.Type) ?? "",
            source,
            letter.KeyText,
            letter.Header(RecordHeaders.DeadLetterReason) ?? "",
            letter.Time,
            Deliveries: 0);
    }
}
