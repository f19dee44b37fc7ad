using System.Diagnostics;
using System.Globalization;

namespace Game.EventStore.Tests;

/// <summary>Real processes that are killed, share a file or run out of disk: what they said is stored must be there.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Kills = 10;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KilledAtAnyMoment_NothingAnsweredIsLost_AndNothingIsStoredTwiceOrInPart()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("STORE_SEED"), out var chosen) ? chosen : Random.Shared.Next();
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"STORE_SEED={seed}");
        var said = new Said();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = Start("exec \"$0\" \"$@\"");
            await said.ReadAsync(child.StandardOutput, atMost: random.Next(1, 4000));
            child.Kill();

            // What it wrote before it died was said.
            await said.ReadAsync(child.StandardOutput, int.MaxValue);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Empty(said.Failed);
        Assert.Empty(said.Unknown);
        await AssertStoredAsync(said);
    }

    [Fact]
    public async Task TwoProcessesOnOneFile_DoNotCorruptIt()
    {
        var said = new Said();
        using var one = Start("exec \"$0\" \"$@\"");
        using var two = Start("exec \"$0\" \"$@\"");
        foreach (var child in new[] { one, two, one, two })
        {
            await said.ReadAsync(child.StandardOutput, atMost: 300);
        }

        foreach (var child in new[] { one, two })
        {
            child.Kill();
            await said.ReadAsync(child.StandardOutput, int.MaxValue);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await AssertStoredAsync(said);
    }

    /// <summary>A disk of its own that fills up, is made room on, and fills up again.</summary>
    [Fact]
    public async Task FullDisk_FailsAppendsOnly_AndTheStoreGoesOnWhenThereIsRoom()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a mount namespace");
        var said = new Said();
        using var child = Start(
            $$"""
            set -e
            folder=$(dirname "$2"); disk=$folder/disk; mkdir "$disk"
            mount -t tmpfs -o size=4m tmpfs "$disk"
            head -c 2000000 /dev/zero > "$disk/{{StoreChild.Ballast}}"
            (while [ ! -e "$folder/go-on" ]; do sleep 0.01; done; rm "$disk/{{StoreChild.Ballast}}") &
            "$0" "$1" "$disk/events.db"
            cp "$disk"/events.db* "$folder"
            """,
            isolate: true);

        await said.ReadAsync(child.StandardOutput, atMost: int.MaxValue, until: () => said.Failed.Count > 0);
        var storedBefore = said.Stored.Count;
        await File.WriteAllTextAsync(Path.Combine(_folder.Folder, "go-on"), "", TestContext.Current.CancellationToken);
        await said.ReadAsync(child.StandardOutput, int.MaxValue);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, child.ExitCode);
        Assert.True(storedBefore > 0, "Nothing was stored before the disk was full.");
        Assert.True(said.Stored.Count > storedBefore, "Nothing was stored after room was made.");
        Assert.All(said.Failed.Values, reason => Assert.Contains("the disk is full; make room", reason, StringComparison.Ordinal));
        await AssertStoredAsync(said);
    }

    /// <summary>Writes that fail otherwise than for want of room leave the outcome of a COMMIT open.</summary>
    [Fact]
    public async Task FileThatCannotGrow_SaysUnknownOrFailed_AndLosesNothingAnswered()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a POSIX shell's ulimit");
        var said = new Said();

        // Blocks of 512 bytes: 1 MiB for each file, and EFBIG instead of the signal beyond. The runtime's own
        // double-mapped code would need a larger file.
        using var child = Start("trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 2048; exec \"$0\" \"$@\"");
        await said.ReadAsync(child.StandardOutput, int.MaxValue);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(said.Stored);
        Assert.NotEmpty(said.Unknown);
        await AssertStoredAsync(said);
    }

    [Theory]
    [InlineData("chmod 444 \"$2\"", "is read-only; give this user the right to write the file and its folder")]
    [InlineData("chmod 000 \"$2\"", "cannot be opened; check the path and its rights")]
    [InlineData("chmod 555 \"$(dirname \"$2\")\"", "is read-only; give this user the right to write the file and its folder")]
    public async Task FileWithoutRights_IsNamed_WithWhatToDo(string change, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs file modes, and root to give up its right to ignore them");
        await using (var store = _folder.Open())
        {
            await store.AppendAsync(
                "s0",
                0,
                [new Commit("c", "", DateTimeOffset.UnixEpoch, [new EventData("t", 1, default)])],
                TestContext.Current.CancellationToken);
        }

        var said = new Said();
        using var child = Start(
            change + "\n" + """[ "$(id -u)" = 0 ] && exec setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all "$0" "$@" || exec "$0" "$@" """);
        await said.ReadAsync(child.StandardOutput, int.MaxValue);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Empty(said.Stored);
        Assert.Equal($"The event store {_folder.File} {expected}.", Assert.Single(said.Failed.Values));
    }

    private async Task AssertStoredAsync(Said said)
    {
        await using var store = _folder.Open();
        Assert.Empty(await store.CheckAsync(TestContext.Current.CancellationToken));
        var commits = (await store.ReadAllAsync(0, int.MaxValue, TestContext.Current.CancellationToken))
            .GroupBy(stored => (stored.Stream, stored.CommandId))
            .ToDictionary(commit => commit.Key, commit => commit.ToList());
        Assert.All(commits.Values, commit =>
        {
            Assert.Equal(["first", "second"], commit.Select(stored => stored.Type));
            Assert.Equal(commit[0].Version + 1, commit[1].Version);
            Assert.Equal(commit[0].CommandId, System.Text.Encoding.UTF8.GetString(commit[0].Body.Span));
        });
        Assert.DoesNotContain(said.Stored, answer => !commits.TryGetValue(answer.Key, out var commit) || commit[1].Version != answer.Value);
        Assert.DoesNotContain(said.Failed.Keys, commits.ContainsKey);
    }

    private Process Start(string script, bool isolate = false)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Game.EventStore.Tests");
        string[] arguments = [StoreChild.Argument, _folder.File];
        var start = (OperatingSystem.IsWindows(), isolate) switch
        {
            (true, _) => new ProcessStartInfo(program + ".exe", arguments),
            (_, true) => new ProcessStartInfo("unshare", ["--mount", "--map-root-user", "/bin/sh", "-c", script, program, .. arguments]),
            _ => new ProcessStartInfo("/bin/sh", ["-c", script, program, .. arguments]),
        };
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    /// <summary>What the children said. A line is one write to the pipe, so none is cut short.</summary>
    private sealed class Said
    {
        /// <summary>By stream and command id, the version answered.</summary>
        public Dictionary<(string Stream, string Id), long> Stored { get; } = [];

        public Dictionary<(string Stream, string Id), string> Failed { get; } = [];

        public HashSet<(string Stream, string Id)> Unknown { get; } = [];

        public async Task ReadAsync(StreamReader reader, int atMost, Func<bool>? until = null)
        {
            while (atMost-- > 0
                && until?.Invoke() != true
                && await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
            {
                var parts = line[1..].Split(' ', 3);
                switch (line[0])
                {
                    case '+':
                        Stored.Add((parts[0], parts[2]), long.Parse(parts[1], CultureInfo.InvariantCulture));
                        break;
                    case '!':
                        Failed.Add((parts[0], parts[1]), parts[2]);
                        break;
                    case '?':
                        Unknown.Add((parts[0], parts[1]));
                        break;
                    default:
                        throw new InvalidOperationException($"The child said: {line}");
                }
            }
        }
    }
}
