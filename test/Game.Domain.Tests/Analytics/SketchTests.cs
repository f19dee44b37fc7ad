using FsCheck;
using FsCheck.Fluent;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Sketches;

namespace Game.Domain.Tests.Analytics;

public sealed class SketchTests
{
    private static readonly double[] Quantiles = [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1];

    [Fact]
    public void Quantiles_AreWithinOnePercentOfTheTrueOnes() => Prop.ForAll(Histories.Seeds, seed =>
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, random.Next(1, 3_000)).Select(_ => Value(random)).Order().ToList();
        var sketch = new QuantileSketch();
        values.ForEach(sketch.Add);

        foreach (var q in Quantiles)
        {
            var truth = values[(int)(q * (values.Count - 1))];
            var error = (truth * QuantileSketch.RelativeError) + 1e-9;
            Assert.InRange(sketch.Quantile(q), truth - error, truth + error);
        }

        Assert.Equal((values.Count, values.Sum(), values[0], values[^1]), (sketch.Count, sketch.Sum, sketch.Min, sketch.Max));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sketches_MergedInAnyWay_AreTheSameBytes() => Prop.ForAll(Histories.Seeds, seed =>
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, random.Next(1, 3_000)).Select(_ => Value(random)).ToList();
        var (whole, wholeDistinct) = (new QuantileSketch(), new DistinctSketch());
        var parts = Enumerable.Range(0, 5).Select(_ => (Quantile: new QuantileSketch(), Distinct: new DistinctSketch())).ToList();
        foreach (var value in values)
        {
            whole.Add(value);
            wholeDistinct.Add(TextHash.Of($"{value}"));
            var part = parts[random.Next(parts.Count)];
            part.Quantile.Add(value);
            part.Distinct.Add(TextHash.Of($"{value}"));
        }

        var (merged, mergedDistinct) = (new QuantileSketch(), new DistinctSketch());
        foreach (var (quantile, distinct) in parts.OrderBy(_ => random.Next()))
        {
            merged.Merge(RoundTrip(quantile));
            mergedDistinct.Merge(RoundTrip(distinct));
            mergedDistinct.Merge(distinct);
        }

        Assert.Equal(Bytes(whole), Bytes(merged));
        Assert.Equal(Bytes(wholeDistinct), Bytes(mergedDistinct));
    }).QuickCheckThrowOnFailure();

    /// <summary>Exact up to the limit; above, four standard errors, which a good hash exceeds once in 16,000.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(2_000)]
    [InlineData(10_000)]
    [InlineData(15_000)]
    [InlineData(50_000)]
    [InlineData(1_000_000)]
    public void Distinct_IsExactOrWithinItsError(int members)
    {
        for (var run = 0; run < (members > 100_000 ? 1 : 8); run++)
        {
            var sketch = new DistinctSketch();
            for (var i = 0; i < members; i++)
            {
                sketch.Add(TextHash.Of($"s01.player-{run}-{i}"));
            }

            var error = members <= DistinctSketch.ExactLimit ? 0 : 4 * 1.04 / Math.Sqrt(4_096) * members;
            Assert.InRange(sketch.Estimate(), members - error, members + error);
        }
    }

    private static long Value(Random random) =>
        random.Next(10) == 0 ? 0 : (long)Math.Exp(random.NextDouble() * Math.Log(QuantileSketch.MaxValue));

    private static QuantileSketch RoundTrip(QuantileSketch sketch)
    {
        var reader = new ByteReader(Bytes(sketch));
        var read = new QuantileSketch();
        read.Read(ref reader);
        Assert.True(reader.AtEnd);
        return read;
    }

    private static DistinctSketch RoundTrip(DistinctSketch sketch)
    {
        var reader = new ByteReader(Bytes(sketch));
        var read = new DistinctSketch();
        read.Read(ref reader);
        Assert.True(reader.AtEnd);
        return read;
    }

    private static byte[] Bytes(QuantileSketch sketch)
    {
        var writer = new ByteWriter();
        sketch.Write(writer);
        return writer.Written.ToArray();
    }

    private static byte[] Bytes(DistinctSketch sketch)
    {
        var writer = new ByteWriter();
        sketch.Write(writer);
        return writer.Written.ToArray();
    }
}
