using Npgsql;

namespace Game.Silo.Settings;

/// <summary>Where shards keep their events if not in files of the data folder: a PostgreSQL database each.</summary>
public sealed class PostgresSettings
{
    /// <summary>Stands for the shard's name in <see cref="ConnectionString"/>.</summary>
    public const string ShardMark = "{shard}";

    /// <summary>
    /// Npgsql connection string whose database names the shard, for example <c>Host=db;Database=game_{shard};Username=game</c>.
    /// Null and no file: SQLite files. A secret if it holds a password: from the environment or <see cref="ConnectionStringFile"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>A file that holds the connection string.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>How long a start waits for a server that does not answer, 0–3600 s.</summary>
    public int WaitSeconds { get; set; } = 60;

    /// <summary>Whether a start creates databases and brings schemas up; false: the migrate command does.</summary>
    public bool MigrateAtStart { get; set; }

    public bool IsUsed => ConnectionString is not null || ConnectionStringFile is not null;

    /// <summary>A shard's connection string.</summary>
    public string Of(string shard) => Read().Replace(ShardMark, shard, StringComparison.Ordinal);

    internal IEnumerable<string> Validate(string path, int shards)
    {
        if (WaitSeconds is < 0 or > 3600)
        {
            yield return $"{path}:WaitSeconds: must be 0 to 3600, not {WaitSeconds}.";
        }

        if (ConnectionString is null && ConnectionStringFile is { } file && !File.Exists(file))
        {
            yield return $"{path}:ConnectionStringFile: there is no file {file}.";
        }
        else if (IsUsed && Complain(shards) is { } complaint)
        {
            yield return $"{path}:{(ConnectionString is null ? nameof(ConnectionStringFile) : nameof(ConnectionString))}: {complaint}";
        }
    }

    private string Read() => ConnectionString ?? File.ReadAllText(ConnectionStringFile!).Trim();

    /// <summary>Says what is wrong without repeating the text, which may hold a password.</summary>
    private string? Complain(int shards)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(Read());
            return string.IsNullOrEmpty(parts.Host) ? "must name a Host."
                : string.IsNullOrEmpty(parts.Database) ? "must name a Database."
                : shards > 1 && !parts.Database.Contains(ShardMark, StringComparison.Ordinal) ? $"its Database must contain {ShardMark}: each shard has its own."
                : null;
        }
        catch (ArgumentException)
        {
            return "is no connection string.";
        }
    }
}
