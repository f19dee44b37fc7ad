using System.Collections.Concurrent;
using System.Text;
using Game.EventStore.Sqlite;

namespace Game.EventStore.Tests;

/// <summary>
/// Appends to a few streams without end and says on its standard output, a line each, what was stored
/// (<c>+stream version id</c>), what failed (<c>!stream id reason</c>) and whose outcome is unknown (<c>?stream id</c>). Ends
/// by being killed, or after many failures; those do not count while a file named <see cref="Ballast"/> lies beside the store's.
/// </summary>
internal static class StoreChild
{
    public const string Argument = "store-child";

    /// <summary>What fills the disk and is going to be removed.</summary>
    public const string Ballast = "ballast";

    private const int Writers = 16;
    private const int Streams = 4;
    private const int EnoughFailures = 64;

    public static async Task<int> RunAsync(string file)
    {
        using var lines = new BlockingCollection<string>();
        var printer = new Thread(() =>
        {
            using var output = Console.OpenStandardOutput();
            foreach (var line in lines.GetConsumingEnumerable())
            {
                output.Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
        });
        printer.Start();
        try
        {
            await using var store = SqliteEventStore.Open(file);
            var ballast = Path.Combine(Path.GetDirectoryName(file)!, Ballast);
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(store, ballast, lines)));
        }
        catch (EventStoreException exception)
        {
            lines.Add($"!- - {exception.Message}");
        }

        lines.CompleteAdding();
        printer.Join();
        return 0;
    }

    private static async Task WriteAsync(SqliteEventStore store, string ballast, BlockingCollection<string> lines)
    {
        var life = Guid.NewGuid().ToString("N");
        var versions = new long[Streams];
        var failures = 0;
        for (var i = 0; failures < EnoughFailures; i++)
        {
            var (stream, id) = ($"s{i % Streams}", $"{life}.{i}");
            try
            {
                AppendResult result;
                do
                {
                    result = await store.AppendAsync(stream, versions[i % Streams], [new Commit(id, "", DateTimeOffset.UnixEpoch, Events(id))]);
                    versions[i % Streams] = result.Version;
                }
                while (result.Status == AppendStatus.Conflict);

                lines.Add($"+{stream} {result.Version} {id}");
                failures = 0;
            }
            catch (AppendOutcomeUnknownException)
            {
                failures++;
                lines.Add($"?{stream} {id}");
            }
            catch (EventStoreException exception)
            {
                failures++;
                lines.Add($"!{stream} {id} {exception.Message}");
            }

            if (failures > 0 && File.Exists(ballast))
            {
                // However long it takes until somebody makes room.
                failures = 0;
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Two events, so that half a commit would show.</summary>
    private static EventData[] Events(string id) =>
        [new("first", 1, Encoding.UTF8.GetBytes(id)), new("second", 1, new byte[200])];
}
