namespace Game.Silo;

/// <summary>
/// The folder that holds everything durable of this process: a lock, one store file a shard, the bus's journal, keys.
/// One process at a time.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string BusFile => System.IO.Path.Combine(Path, "bus.db");

    /// <summary>Players' actions that wait for a broker.</summary>
    public string SpoolFile => System.IO.Path.Combine(Path, "actions.spool");

    /// <summary>What operators did.</summary>
    public string AuditFile => System.IO.Path.Combine(Path, "audit.jsonl");

    public string KeyFile => System.IO.Path.Combine(Path, "signing.key");

    public static string StoreFile(string folder, string shard) => System.IO.Path.Combine(folder, shard, "events.db");

    public string StoreFile(string shard) => StoreFile(Path, shard);

    /// <exception cref="StartupException">It cannot be made or written, or another process uses it.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {path} cannot be made: {exception.Message}");
        }

        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            // FileShare.None is an advisory lock on Unix that the system gives back when the process ends, however it ends.
            return new DataFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupException($"The data folder {path} cannot be written to. Give this user the right to, or choose another with --data.");
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"The data folder {path} is in use by another process, or cannot be locked ({exception.Message}). Stop that one, or choose another folder with --data.");
        }
    }

    public void Dispose() => _lock.Dispose();
}
