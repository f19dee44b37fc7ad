namespace Game.Routing;

/// <summary>Sends batches so that messages of one key follow each other, and keys do not wait for each other.</summary>
internal static class KeyOrder
{
    /// <param name="batch">In order.</param>
    /// <param name="keyOf">Key of an item.</param>
    /// <param name="send">False: it did not arrive, and what follows it under its key is not tried.</param>
    /// <returns>What arrived.</returns>
    public static async Task<IReadOnlyList<T>> SendAsync<T>(IReadOnlyList<T> batch, Func<T, string> keyOf, Func<T, Task<bool>> send)
    {
        var sent = await Task.WhenAll(batch.GroupBy(keyOf, StringComparer.Ordinal).Select(async key =>
        {
            var arrived = new List<T>();
            foreach (var item in key)
            {
                if (!await send(item))
                {
                    break;
                }

                arrived.Add(item);
            }

            return arrived;
        }));
        return [.. sent.SelectMany(arrived => arrived)];
    }
}
