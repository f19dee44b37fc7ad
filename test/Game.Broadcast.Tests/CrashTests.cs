using System.Diagnostics;
using Game.Broadcast.InProcess;
using Xunit;

namespace Game.Broadcast.Tests;

/// <summary>A real process is killed; what it was told is confirmed must be there.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 8;

    private readonly BusDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task KilledAtAnyMoment_NothingConfirmedIsLost_AndNothingUnhandledIsForgotten()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("BUS_SEED"), out var chosen) ? chosen : Random.Shared.Next();
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"BUS_SEED={seed}");
        var said = new Said();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = Start("exec \"$0\" \"$@\"");
            await said.ReadAsync(child.StandardOutput, atMost: random.Next(1, 3000));
            child.Kill();

            // What it wrote before it died was said.
            await said.ReadAsync(child.StandardOutput, int.MaxValue);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(said.Confirmed.Count > 100, $"Only {said.Confirmed.Count} were confirmed.");
        await AssertNothingIsLostAsync(said);
    }

    [Fact]
    public async Task FileThatCannotGrow_FailsPublishes_AndLosesNothingConfirmed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell's ulimit");
        var said = new Said();

        // Blocks of 512 bytes: 1 MiB for each file, and EFBIG instead of the signal beyond. The runtime's own
        // double-mapped code would need a larger file.
        using (var child = Start("trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 2048; exec \"$0\" \"$@\""))
        {
            await said.ReadAsync(child.StandardOutput, int.MaxValue);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(said.Confirmed);
        Assert.NotEmpty(said.Failed);
        await AssertNothingIsLostAsync(said);
    }

    private async Task AssertNothingIsLostAsync(Said said)
    {
        await using var bus = _directory.Open();
        var kept = await DrainAsync(bus, CrashChild.Kept);
        var worked = await DrainAsync(bus, CrashChild.Worked);
        Assert.Empty(said.Confirmed.Except(kept));
        Assert.Empty(said.Confirmed.Except(worked).Except(said.Handled));
        Assert.Equal(kept.Count, kept.Distinct().Count());
        foreach (var publisher in kept.GroupBy(id => id[..id.LastIndexOf('/')]))
        {
            var numbers = publisher.Select(id => int.Parse(id[(id.LastIndexOf('/') + 1)..], null)).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    private static async Task<List<string>> DrainAsync(InProcessBus bus, string queue)
    {
        await bus.PublishAsync(new("end", Exchanges.Guild, "a", "s01", 0, "x", "t", 1, default));
        var ids = new List<string>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var consumer = await bus.ConsumeAsync(queue, (batch, _) =>
        {
            foreach (var delivery in batch)
            {
                delivery.Ack();
                if (delivery.Message.Id == "end")
                {
                    end.TrySetResult();
                }
                else
                {
                    ids.Add(delivery.Message.Id);
                }
            }

            return Task.CompletedTask;
        });
        await end.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return ids;
    }

    private Process Start(string script)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Game.Broadcast.Tests");
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program + ".exe", [CrashChild.Argument, _directory.File])
            : new ProcessStartInfo("/bin/sh", ["-c", script, program, CrashChild.Argument, _directory.File]);
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    /// <summary>What the children said. A line is one write to the pipe, so none is cut short.</summary>
    private sealed class Said
    {
        public HashSet<string> Confirmed { get; } = [];

        public HashSet<string> Handled { get; } = [];

        public HashSet<string> Failed { get; } = [];

        public async Task ReadAsync(StreamReader reader, int atMost)
        {
            while (atMost-- > 0 && await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
            {
                var heap = line[0] switch
                {
                    '+' => Confirmed,
                    '-' => Handled,
                    '!' => Failed,
                    _ => throw new InvalidOperationException($"The child said: {line}"),
                };
                heap.Add(line[1..]);
            }
        }
    }
}
