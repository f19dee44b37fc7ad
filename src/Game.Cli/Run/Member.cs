namespace Game.Cli.Run;

/// <summary>A silo's place in a cluster, which one process after the other takes.</summary>
internal sealed record Member(string Shard, int Number, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    public string Name => $"{Shard}-{Number}";

    public SiloProcess? Process { get; private set; }

    public SemaphoreSlim Turn { get; } = new(1);

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Run(SiloProcess process)
    {
        Process = process;
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Waits until the process that follows the given one is ready, or has ended too.</summary>
    public async Task StartedAgainAsync(SiloProcess before)
    {
        for (var next = Volatile.Read(ref _next); ReferenceEquals(Process, before); next = Volatile.Read(ref _next))
        {
            await next.Task;
        }

        await StartedAsync(Process!);
    }

    /// <summary>Waits until a process of it is there and takes players, however many end before.</summary>
    public async Task ReadyAsync()
    {
        for (var process = Process!; process.HasExited || !process.WasReady; process = Process!)
        {
            await StartedAsync(process);
            if (process.HasExited)
            {
                await StartedAgainAsync(process);
            }
        }
    }

    private static Task StartedAsync(SiloProcess process) =>
        Task.WhenAny(process.ReadyAsync(CancellationToken.None), process.Exited);
}
