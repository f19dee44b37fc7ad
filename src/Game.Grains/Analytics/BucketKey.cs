using System.Globalization;

namespace Game.Grains.Analytics;

/// <summary>Keys of <see cref="Contracts.Analytics.IActionBucketGrain"/>: <c>{generation}.{bucket}</c>.</summary>
public static class BucketKey
{
    public static string Of(int generation, string bucket) => string.Create(CultureInfo.InvariantCulture, $"{generation}.{bucket}");

    public static (int Generation, string Bucket) Parse(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return (int.Parse(key.AsSpan(0, dot), CultureInfo.InvariantCulture), key[(dot + 1)..]);
    }
}
