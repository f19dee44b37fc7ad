using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Cli.Run;
using Game.Client;

namespace Game.Integration.Tests.Ledger;

/// <summary>What the buckets of a shard have done together.</summary>
internal sealed record ShardCount(long Counted, long Late, long Repeated, long Unusable);

/// <summary>A silo process that can be killed and started again, whose progress and memory are watched.</summary>
internal sealed class WatchedSilo : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly Silo _silo;
    private readonly int _shards;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private volatile SiloProcess? _process;
    private long _counted;
    private long _memory;

    public WatchedSilo(Silo silo, int shards)
    {
        _silo = silo;
        _shards = shards;
        Http = OperatorClient.Create(new Uri($"http://127.0.0.1:{silo.ManagementPort}"), silo.Environment);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The management port.</summary>
    public HttpClient Http { get; }

    /// <summary>Actions counted on all shards when last looked.</summary>
    public long Counted => Volatile.Read(ref _counted);

    /// <summary>Most resident memory of a process so far, in bytes.</summary>
    public long MostMemory => Volatile.Read(ref _memory);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = _silo.Start("--shards", $"{_shards}");
        await process.ReadyAsync(cancellationToken);
        _process = process;
    }

    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            await process.KillAsync();
            process.Dispose();
        }
    }

    /// <summary>Waits until so many actions are counted.</summary>
    /// <param name="counted">How many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="meanwhile">Whose failure ends the wait.</param>
    /// <exception cref="TimeoutException">Nothing was counted for long.</exception>
    public async Task ReachAsync(long counted, CancellationToken cancellationToken, Task? meanwhile = null)
    {
        for (var (last, since) = (Counted, Stopwatch.GetTimestamp()); Counted < counted;)
        {
            if (meanwhile is { IsFaulted: true })
            {
                await meanwhile;
            }

            await Task.Delay(BetweenLooks, cancellationToken);
            if (Counted != last)
            {
                (last, since) = (Counted, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException($"{last} of {counted} actions are counted, and no more come.");
            }
        }
    }

    /// <param name="shard">Null: all of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="generation">Null: the one that is shown.</param>
    public async Task<ShardCount> ReadAsync(string? shard, CancellationToken cancellationToken, int? generation = null)
    {
        string?[] asked = [shard is null ? null : $"shard={shard}", generation is null ? null : $"generation={generation}"];
        var status = await Http.GetFromJsonAsync<StatusDto>(
            $"/v1/analytics/status?{string.Join('&', asked.Where(part => part is not null))}", Wire.Json, cancellationToken);
        return status!.Buckets.Select(bucket => bucket.Counters).Aggregate(
            new ShardCount(0, 0, 0, 0),
            (sum, bucket) => new ShardCount(
                sum.Counted + bucket.Counted, sum.Late + bucket.Late, sum.Repeated + bucket.Repeated, sum.Unusable + bucket.Unusable));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        await KillAsync();
        Http.Dispose();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (_process is { } process)
                {
                    await LookAsync(process);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // As asked.
        }
    }

    private async Task LookAsync(SiloProcess process)
    {
        try
        {
            Volatile.Write(ref _memory, Math.Max(MostMemory, ResidentMemoryOf(process.Id)));
            Volatile.Write(ref _counted, (await ReadAsync(null, _stopping.Token)).Counted);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException or JsonException)
        {
            // It has been killed, or is not up yet: the next look will tell.
        }
    }

    private static long ResidentMemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmHWM:".Length).Trim(" \tkB"), CultureInfo.InvariantCulture) << 10;
    }

    private sealed record StatusDto(IReadOnlyList<BucketDto> Buckets);

    private sealed record BucketDto(ShardCount Counters);
}
