using Game.Domain.Analytics.Encoding;

namespace Game.Domain.Analytics.Windows;

/// <summary>Something about a player that looks wrong. <paramref name="Score"/>: how far beyond the threshold, 1 = just there.</summary>
public sealed record Alert(string Player, string Reason, double Score, DateTimeOffset At, string Detail) : IComparable<Alert>
{
    /// <summary>The most conspicuous first.</summary>
    public int CompareTo(Alert? other)
    {
        if (other is null)
        {
            return -1;
        }

        var byScore = other.Score.CompareTo(Score);
        var byTime = byScore != 0 ? byScore : At.CompareTo(other.At);
        var byPlayer = byTime != 0 ? byTime : string.CompareOrdinal(Player, other.Player);
        return byPlayer != 0 ? byPlayer : string.CompareOrdinal(Reason, other.Reason);
    }
}

/// <summary>The <see cref="Capacity"/> most conspicuous alerts, and how many there were.</summary>
public sealed class AlertList : Metric
{
    public const int Capacity = 500;

    private readonly SortedSet<Alert> _alerts = [];

    public IReadOnlyCollection<Alert> Alerts => _alerts;

    public long Total { get; private set; }

    internal override byte Tag => 4;

    public void Add(Alert alert)
    {
        Total++;
        Keep(alert);
    }

    public override void Merge(Metric other)
    {
        var list = As<AlertList>(other);
        Total += list.Total;
        foreach (var alert in list._alerts)
        {
            Keep(alert);
        }
    }

    internal override void Write(ByteWriter writer)
    {
        writer.WriteVarint(Total);
        writer.WriteVarint(_alerts.Count);
        foreach (var alert in _alerts)
        {
            writer.WriteText(alert.Player);
            writer.WriteText(alert.Reason);
            writer.WriteDouble(alert.Score);
            writer.WriteVarint(alert.At.ToUnixTimeMilliseconds());
            writer.WriteText(alert.Detail);
        }
    }

    internal override void Read(ref ByteReader reader)
    {
        Total = reader.ReadVarint();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            _alerts.Add(new Alert(
                reader.ReadText(),
                reader.ReadText(),
                reader.ReadDouble(),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadVarint()),
                reader.ReadText()));
        }
    }

    private void Keep(Alert alert)
    {
        if (_alerts.Add(alert) && _alerts.Count > Capacity)
        {
            _alerts.Remove(_alerts.Max!);
        }
    }
}
