namespace Game.EventStore.Sqlite;

/// <summary>A stream as the writer knows it within its transaction.</summary>
internal sealed class StreamHead(long id, long version)
{
    public long Id { get; } = id;

    public long Version { get; set; } = version;
}

/// <summary>
/// The writer's memory of where streams and log end, so that appends do not have to look. It is forgotten when a
/// transaction is rolled back and when another process has written to the file.
/// </summary>
internal sealed class SqliteHeads
{
    private const int Limit = 100_000;

    private readonly Dictionary<string, StreamHead> _streams = new(StringComparer.Ordinal);
    private long _dataVersion = -1;

    /// <summary>The log's last position, if known.</summary>
    public long? Position { get; set; }

    /// <param name="dataVersion">Changes with what other connections write.</param>
    public void Begin(long dataVersion)
    {
        if (dataVersion != _dataVersion || _streams.Count > Limit)
        {
            Forget();
            _dataVersion = dataVersion;
        }
    }

    public void Forget()
    {
        _streams.Clear();
        Position = null;
    }

    public StreamHead? Find(string stream) => _streams.GetValueOrDefault(stream);

    public StreamHead Add(string stream, long id, long version) => _streams[stream] = new StreamHead(id, version);
}
