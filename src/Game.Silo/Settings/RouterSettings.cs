using Game.Routing;

namespace Game.Silo.Settings;

/// <summary>How players' actions get to Kafka, and where they wait while it is away. Used with Kafka only.</summary>
public sealed class RouterSettings
{
    /// <summary>
    /// Names this process's queue at RabbitMQ: the same over restarts, different for each process. 1–64 letters, digits, hyphens; null:
    /// the machine's name and the gateway's port.
    /// </summary>
    public string? Server { get; set; }

    /// <summary>What the spool on disk (<c>actions.spool</c> in the data folder) holds at most, 1–100,000 MiB; then actions are refused.</summary>
    public int MaxSpoolMegabytes { get; set; } = 256;

    /// <summary>A way that has not confirmed after this long has failed, 1–60 s.</summary>
    public int SendTimeoutSeconds { get; set; } = 5;

    /// <summary>Shorter, so that what is given up is not written later all the same.</summary>
    internal TimeSpan RecordTimeout => TimeSpan.FromSeconds(SendTimeoutSeconds) * 0.8;

    internal string ServerOr(int port) => Server ?? string.Concat(
        $"{Environment.MachineName}-{port}".Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    internal RouterOptions ToOptions(string spoolFile) => new()
    {
        SpoolFile = spoolFile,
        MaxSpoolBytes = MaxSpoolMegabytes * 1024L * 1024,
        SendTimeout = TimeSpan.FromSeconds(SendTimeoutSeconds),
        LooksForParked = true,
    };

    internal IEnumerable<string> Validate(string path)
    {
        if (Server is not null && (Server.Length is 0 or > 64 || !Server.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
        {
            yield return $"{path}:Server: must be 1 to 64 letters, digits and hyphens, not '{Server}'.";
        }

        if (MaxSpoolMegabytes is < 1 or > 100_000)
        {
            yield return $"{path}:MaxSpoolMegabytes: must be 1 to 100000, not {MaxSpoolMegabytes}.";
        }

        if (SendTimeoutSeconds is < 1 or > 60)
        {
            yield return $"{path}:SendTimeoutSeconds: must be 1 to 60, not {SendTimeoutSeconds}.";
        }
    }
}
