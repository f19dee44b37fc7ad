using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Sketches;

namespace Game.Domain.Analytics.Windows;

/// <summary>
/// A value that can be merged: in any order and grouping the result is the same, which is what lets windows be built from
/// partial results and long windows from short ones. Not thread-safe.
/// </summary>
public abstract class Metric
{
    internal abstract byte Tag { get; }

    /// <exception cref="InvalidDataException">The other is of another kind.</exception>
    public abstract void Merge(Metric other);

    internal abstract void Write(ByteWriter writer);

    internal abstract void Read(ref ByteReader reader);

    internal static Metric Of(byte tag) => tag switch
    {
        1 => new Counter(),
        2 => new Distinct(),
        3 => new Distribution(),
        4 => new AlertList(),
        _ => throw new InvalidDataException($"There is no kind of metric {tag}."),
    };

    private protected static T As<T>(Metric other)
        where T : Metric => other as T ?? throw new InvalidDataException($"A {other.GetType().Name} is no {typeof(T).Name}.");
}

/// <summary>A sum; exact.</summary>
public sealed class Counter : Metric
{
    public long Value { get; set; }

    internal override byte Tag => 1;

    public override void Merge(Metric other) => Value += As<Counter>(other).Value;

    internal override void Write(ByteWriter writer) => writer.WriteZigzag(Value);

    internal override void Read(ref ByteReader reader) => Value = reader.ReadZigzag();
}

/// <summary>How many different ones: <see cref="DistinctSketch"/>.</summary>
public sealed class Distinct : Metric
{
    public DistinctSketch Sketch { get; } = new();

    internal override byte Tag => 2;

    public override void Merge(Metric other) => Sketch.Merge(As<Distinct>(other).Sketch);

    internal override void Write(ByteWriter writer) => Sketch.Write(writer);

    internal override void Read(ref ByteReader reader) => Sketch.Read(ref reader);
}

/// <summary>How values spread: <see cref="QuantileSketch"/>.</summary>
public sealed class Distribution : Metric
{
    public QuantileSketch Sketch { get; } = new();

    internal override byte Tag => 3;

    public override void Merge(Metric other) => Sketch.Merge(As<Distribution>(other).Sketch);

    internal override void Write(ByteWriter writer) => Sketch.Write(writer);

    internal override void Read(ref ByteReader reader) => Sketch.Read(ref reader);
}
