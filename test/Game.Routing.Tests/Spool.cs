using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Game.Routing.Tests;

/// <summary>A folder for a spool file, and routers over it.</summary>
internal sealed class Spool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("game-router-");

    public RouterOptions Options => new()
    {
        SpoolFile = Path.Combine(_folder.FullName, "spool.db"),
        RetryDelay = TimeSpan.FromMilliseconds(20),
        MaxRetryDelay = TimeSpan.FromMilliseconds(200),
        BreakDuration = TimeSpan.FromMilliseconds(500),
        SendTimeout = TimeSpan.FromSeconds(2),
    };

    public static GameMessage Message(string kind, string key, int number) => new(
        $"{key}/{number}", kind, key, "test.numbered", 1, Encoding.UTF8.GetBytes($"{number}"), DateTimeOffset.UtcNow);

    public static int NumberOf(ReadOnlyMemory<byte> body) => int.Parse(Encoding.UTF8.GetString(body.Span), null);

    public MessageRouter Open(MessageRoutes routes, RouterOptions? options = null) =>
        MessageRouter.Open(routes, options ?? Options, TimeProvider.System, NullLogger<MessageRouter>.Instance);

    /// <summary>Every number came, and each for the first time after those before it.</summary>
    public static void AssertInOrder(IEnumerable<(string Key, int Number)> arrived, IReadOnlyDictionary<string, int> sent)
    {
        var next = sent.Keys.ToDictionary(key => key, _ => 0);
        foreach (var (key, number) in arrived)
        {
            Assert.True(number <= next[key], $"{key}: {number} came before {next[key]}.");
            next[key] = Math.Max(next[key], number + 1);
        }

        Assert.Equal(sent.OrderBy(entry => entry.Key), next.OrderBy(entry => entry.Key));
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(300));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, state());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
