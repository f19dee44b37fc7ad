using System.Text;
using Xunit;

namespace Game.EventStore.Suite;

/// <summary>
/// What every event store must do, whatever keeps it. A store passes by deriving from each class of this suite and saying
/// how it is opened. A test that counts positions has a store of its own.
/// </summary>
public abstract class EventStoreSuite : IAsyncLifetime
{
    protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private IEventStore? _store;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected IEventStore Store => _store ?? throw new InvalidOperationException("The store is closed.");

    /// <summary>Opens a store: empty the first time, and over the same durable state each further time in one test.</summary>
    protected abstract ValueTask<IEventStore> OpenAsync();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await CloseAsync();
        _store = await OpenAsync();
    }

    /// <summary>A commit of one event a body.</summary>
    protected static Commit Command(string id, params string[] bodies) => CommandAt(id, Noon, bodies);

    protected static Commit CommandAt(string id, DateTimeOffset at, params string[] bodies) =>
        new(id, $"print of {id}", at, [.. bodies.Select(body => new EventData("test.happened", 1, Encoding.UTF8.GetBytes(body)))]);

    protected ValueTask<AppendResult> AppendAsync(string stream, long expectedVersion, params Commit[] commits) =>
        Store.AppendAsync(stream, expectedVersion, commits, Cancelled);

    protected async Task<List<StoredEvent>> ReadAsync(string stream, long from = 1, long until = long.MaxValue)
    {
        var events = new List<StoredEvent>();
        await foreach (var stored in Store.ReadAsync(stream, from, until, Cancelled))
        {
            events.Add(stored);
        }

        return events;
    }

    protected async Task<List<string>> BodiesAsync(string stream, long from = 1, long until = long.MaxValue) =>
        [.. (await ReadAsync(stream, from, until)).Select(Body)];

    protected static string Body(StoredEvent stored) => Encoding.UTF8.GetString(stored.Body.Span);

    protected static string Body(Snapshot? snapshot) => snapshot is null ? "none" : Encoding.UTF8.GetString(snapshot.Body.Span);

    private async Task CloseAsync()
    {
        if (_store is { } store)
        {
            _store = null;
            await store.DisposeAsync();
        }
    }
}
