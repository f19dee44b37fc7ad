namespace Game.Grains;

/// <summary>Pays many players, so many at a time.</summary>
internal static class Payout
{
    private const int AtATime = 64;

    /// <param name="all">Who or what is paid.</param>
    /// <param name="pay">Pays one; false: not now. Paid again, one must get nothing more.</param>
    /// <returns>Whether all are paid. If not, whoever comes back pays all again.</returns>
    public static async Task<bool> AllAsync<T>(IEnumerable<T> all, Func<T, Task<bool>> pay)
    {
        foreach (var some in all.Chunk(AtATime))
        {
            var paid = await Task.WhenAll(some.Select(pay));
            if (paid.Contains(false))
            {
                return false;
            }
        }

        return true;
    }
}
