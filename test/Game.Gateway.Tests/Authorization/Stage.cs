using Game.Gateway.Tests.Harness;

namespace Game.Gateway.Tests.Authorization;

/// <summary>A gateway of its own, so that refusals can be seen to store nothing, and a scene that is used until it is changed.</summary>
public sealed class Stage : IAsyncLifetime
{
    private Scene? _scene;
    private Func<Scene, Task>? _prepared;

    public TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    /// <summary>A scene in which this, and nothing else, has happened; nothing is on its way in it.</summary>
    public async Task<Scene> SceneAsync(Func<Scene, Task>? prepare)
    {
        if (_scene is null || (_prepared is not null && _prepared != prepare))
        {
            _scene = await Scene.SetAsync(Gateway);
            _prepared = null;
        }

        if (prepare is not null && _prepared is null)
        {
            await prepare(_scene);
            _prepared = prepare;
        }

        await Gateway.Shards.SettleAsync();
        return _scene;
    }

    /// <summary>The scene has changed: the next trial gets another.</summary>
    public void Spoil() => _scene = null;
}
