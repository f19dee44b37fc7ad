using Xunit;

namespace Game.GrainModel.Conformance;

/// <summary>
/// What every host of the grain model must do. A host passes by deriving from each class of this suite and saying how it is
/// started. Tests use keys of their own, so they may share a host with equal settings.
/// </summary>
public abstract class GrainModelSuite : IAsyncLifetime
{
    private readonly string _scope = $"{GrainModelSettings.Shard}/t{Guid.NewGuid():N}";
    private IGrainModelHost? _host;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected IGrainModelHost Host => _host ?? throw new InvalidOperationException("The host is not started.");

    protected virtual GrainModelSettings Settings => new();

    protected abstract ValueTask<IGrainModelHost> StartAsync(GrainModelSettings settings);

    public virtual async ValueTask InitializeAsync() => _host = await StartAsync(Settings);

    public virtual async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A grain key, journal or gate name that no other test uses.</summary>
    protected string Key(string name = "grain") => $"{_scope}-{name}";

    protected TGrain Grain<TGrain>(string name = "grain")
        where TGrain : IGrainWithStringKey => Host.GrainFactory.GetGrain<TGrain>(Key(name));

    /// <summary>What the grain of that name has written down.</summary>
    protected Journal JournalOf(string name = "grain") => Journal.Of(Key(name));

    protected Gate GateOf(string name) => Gate.Of(Key(name));

    /// <summary>Awaits what must happen soon: a test that hangs says where.</summary>
    protected static Task SoonAsync(Task task) => task.WaitAsync(GrainModelSettings.Patience, Cancelled);

    /// <inheritdoc cref="SoonAsync(Task)"/>
    protected static Task<T> SoonAsync<T>(Task<T> task) => task.WaitAsync(GrainModelSettings.Patience, Cancelled);
}
