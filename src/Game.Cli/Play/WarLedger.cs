namespace Game.Cli.Play;

/// <summary>
/// Points of one war as its fighters know them: what was answered, and what was sent without an answer and may or may not
/// count. Safe for concurrent use.
/// </summary>
public sealed class WarLedger(string warId)
{
    private long _acknowledged;
    private long _open;

    public string WarId { get; } = warId;

    /// <summary>Points of strikes the world has confirmed.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Points of strikes that were sent and never answered.</summary>
    public long Open => Interlocked.Read(ref _open);

    public void Send(int points) => Interlocked.Add(ref _open, points);

    public void Acknowledge(int points)
    {
        Interlocked.Add(ref _open, -points);
        Interlocked.Add(ref _acknowledged, points);
    }

    public void Refuse(int points) => Interlocked.Add(ref _open, -points);

    /// <summary>Acknowledged points that a settled total lacks.</summary>
    public long LostIn(long settled) => Math.Max(0, Acknowledged - settled);

    /// <summary>Points in a settled total that nobody sent.</summary>
    public long DuplicatedIn(long settled) => Math.Max(0, settled - Acknowledged - Open);
}
