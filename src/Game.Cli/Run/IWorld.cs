using Game.Cli.Play;

namespace Game.Cli.Run;

/// <summary>The processes of a world.</summary>
internal interface IWorld : IAsyncDisposable
{
    /// <summary>Cancelled when a process has ended by itself and cannot be started again: nobody will answer there any more.</summary>
    CancellationToken Broken { get; }

    /// <summary>Starts them; returns when all take players.</summary>
    /// <exception cref="InvalidOperationException">One ended before; what it said has been passed on.</exception>
    Task<Places> StartAsync(CancellationToken cancellationToken);

    /// <summary>Starts one shard more, in a process of its own; nothing is changed in the others. Returns when it takes players.</summary>
    /// <exception cref="InvalidOperationException">It ended before, or this world cannot grow.</exception>
    Task<Places> JoinAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("This world cannot grow while it runs.");

    /// <summary>Breaks nothing any more, and returns when what was broken takes players again.</summary>
    /// <exception cref="OperationCanceledException">It is <see cref="Broken"/>.</exception>
    Task MendAsync() => Task.CompletedTask;

    /// <summary>Drains all of them.</summary>
    /// <returns>What did not end as it should.</returns>
    Task<IReadOnlyList<string>> StopAsync();
}
