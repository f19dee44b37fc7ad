namespace Game.Silo.Settings;

/// <summary>The dashboard of the silos on the management port; the same for all silos of a shard.</summary>
public sealed class DashboardSettings
{
    public bool Enabled { get; set; } = true;

    /// <summary>How often a silo samples itself, 1–60 s.</summary>
    public int SampleSeconds { get; set; } = 5;

    /// <summary>Samples kept of each silo, and seconds kept of each method while somebody looks, 10–1,000.</summary>
    public int History { get; set; } = 100;

    internal DashboardSampling? Sampling => Enabled
        ? new DashboardSampling { Interval = TimeSpan.FromSeconds(SampleSeconds), History = History }
        : null;

    internal IEnumerable<string> Validate(string path)
    {
        if (SampleSeconds is < 1 or > 60)
        {
            yield return $"{path}:SampleSeconds: must be 1 to 60, not {SampleSeconds}.";
        }

        if (History is < 10 or > 1_000)
        {
            yield return $"{path}:History: must be 10 to 1000, not {History}.";
        }
    }
}
