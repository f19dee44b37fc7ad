using System.Diagnostics;
using System.Globalization;

namespace Game.Routing.Tests;

public sealed class FullDiskTests
{
    /// <summary>
    /// A disk of its own that fills up and is made room on, hardly more than the spool has taken: taking out needs room too, for its log.
    /// </summary>
    [Fact(Timeout = 300_000)]
    public async Task DiskOfTheSpoolIsFull_RefusesWithoutStoring_AndKeepsWhatItHas_InOrder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a mount namespace");
        var folder = Directory.CreateTempSubdirectory("game-spool-");
        try
        {
            const string Script =
                """
                set -e
                disk=$2/disk; mkdir "$disk"
                mount -t tmpfs -o size=4m tmpfs "$disk"
                head -c 2000000 /dev/zero > "$disk/ballast"
                (while [ ! -e "$2/go-on" ] && kill -0 $$ 2> /dev/null; do sleep 0.01; done; rm "$disk/ballast") &
                exec "$0" "$1" "$disk/spool.db"
                """;
            var program = Path.Combine(AppContext.BaseDirectory, "Game.Routing.Tests");
            using var child = Process.Start(new ProcessStartInfo(
                "unshare", ["--mount", "--map-root-user", "/bin/sh", "-c", Script, program, SpoolChild.Argument, folder.FullName])
            {
                RedirectStandardOutput = true,
            })!;
            using var ends = TestContext.Current.CancellationToken.Register(child.Kill);
            string? full = null;
            var (sent, arrived) = (-1, new List<(string Key, int Number)>());
            while (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                switch (line.Split(' ', 2))
                {
                    case ["full", var why]:
                        full = why;
                        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "go-on"), "", TestContext.Current.CancellationToken);
                        break;
                    case ["arrived", var number]:
                        arrived.Add(("key", int.Parse(number, CultureInfo.InvariantCulture)));
                        break;
                    case ["sent", var number]:
                        sent = int.Parse(number, CultureInfo.InvariantCulture);
                        break;
                    default:
                        Assert.Fail(line);
                        break;
                }
            }

            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, child.ExitCode);
            Assert.StartsWith("The retry spool cannot store more: ", full, StringComparison.Ordinal);
            Assert.Contains("disk is full", full, StringComparison.Ordinal);
            Assert.InRange(sent, 100, 1_000);
            Spool.AssertInOrder(arrived, new Dictionary<string, int> { ["key"] = sent });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
