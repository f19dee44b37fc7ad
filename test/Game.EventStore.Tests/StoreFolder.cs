using Game.EventStore.Sqlite;

namespace Game.EventStore.Tests;

/// <summary>A folder of its own for a test's store file, deleted afterwards.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("event-store-").FullName;

    public string File => Path.Combine(Folder, "events.db");

    public SqliteEventStore Open() => SqliteEventStore.Open(File);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
