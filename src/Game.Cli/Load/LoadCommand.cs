using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Game.Cli.Play;
using Game.Cli.Run;
using Game.Client;

namespace Game.Cli.Load;

/// <summary>
/// Load by real clients on a world that runs already: two guilds of players fight a war. Operations are due at fixed moments,
/// however slowly the world answers, and are measured from then: what waits because the world is slow counts as slow.
/// </summary>
internal static class LoadCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>0 if every operation was answered with success.</returns>
    public static async Task<int> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        using var connections = new SocketsHttpHandler();
        var bots = new List<Bot>();
        try
        {
            Console.WriteLine($"{options.Players} players sign in at {string.Join(' ', options.Gateways)}");
            var war = await EnlistAsync(options, connections, bots, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{options.Rate:0.#} operations/s for {options.Length.TotalSeconds:0} s"));
            var operations = Operation.OfAWar;
            var time = await PlayAsync(options, operations, bots, war, cancellationToken);
            Report(operations, time);
            return operations.All(operation => operation.Errors.Count == 0) ? 0 : 1;
        }
        catch (PlayException exception)
        {
            Console.WriteLine($"the load could not begin: {exception.Message}");
            return 1;
        }
        finally
        {
            foreach (var bot in bots)
            {
                await bot.DisposeAsync();
            }
        }
    }

    /// <returns>The war, once it has begun where each player is.</returns>
    private static async Task<string> EnlistAsync(
        LoadOptions options, SocketsHttpHandler connections, List<Bot> bots, CancellationToken cancellationToken)
    {
        var happenings = new Happenings();
        var run = Convert.ToString(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 100_000_000, 16);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, options.Players),
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = 8 },
            async (i, token) =>
            {
                // A player belongs to its gateway: another one may serve other shards.
                var gateway = new Gateways([options.Gateways[i % options.Gateways.Count]], 0);
                var bot = await Bot.SignInAsync(connections, gateway, $"load-{run}-{i}", null, happenings, i, Patience, token);
                lock (bots)
                {
                    bots.Add(bot);
                }
            });

        var (red, blue) = (bots[0], bots[1]);
        await Diplomacy.FoundAsync(red, $"Load {run} A", "LDA", cancellationToken);
        await Diplomacy.FoundAsync(blue, $"Load {run} B", "LDB", cancellationToken);
        await Parallel.ForEachAsync(
            bots.Skip(2).Select((bot, i) => (bot, guild: i % 2 == 0 ? red.GuildId : blue.GuildId)),
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = 8 },
            async (pair, token) => await Diplomacy.JoinAsync(pair.bot, pair.guild, token));
        var seconds = (int)(options.Length + (2 * Patience)).TotalSeconds;
        var war = await Diplomacy.BeginWarAsync(red, blue, 1, seconds, cancellationToken);
        foreach (var bot in bots.DistinctBy(bot => bot.Shard))
        {
            await bot.UntilFoundAsync<FrontDto>($"/v1/wars/{war.Id}/front", "front_not_open", cancellationToken);
        }

        return war.Id;
    }

    /// <returns>How long it took until the last answer.</returns>
    private static async Task<TimeSpan> PlayAsync(
        LoadOptions options, IReadOnlyList<Operation> operations, List<Bot> bots, string war, CancellationToken cancellationToken)
    {
        // The order of operations is drawn from a deck, so that their shares are exact.
        var deck = operations.SelectMany(operation => Enumerable.Repeat(operation, operation.Share)).ToArray();
        var random = new Random(1);
        random.Shuffle(deck);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var count = (int)(options.Rate * options.Length.TotalSeconds);
        var running = new List<Task>(count);
        var started = Stopwatch.GetTimestamp();
        for (var next = 0; next < count;)
        {
            for (; next < count && DueAt(next) <= Stopwatch.GetElapsedTime(started); next++)
            {
                var due = DueAt(next);
                var (operation, bot) = (deck[next % deck.Length], bots[next % bots.Count]);
                running.Add(Task.Run(
                    () => operation.RunAsync(bot, war, Random.Shared, () => Stopwatch.GetElapsedTime(started) - due, giveUp.Token), CancellationToken.None));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
        }

        giveUp.CancelAfter(Patience);
        await Task.WhenAll(running);
        return Stopwatch.GetElapsedTime(started);

        TimeSpan DueAt(int number) => TimeSpan.FromSeconds(number / options.Rate);
    }

    private static void Report(IReadOnlyList<Operation> operations, TimeSpan time)
    {
        static string Ms(TimeSpan latency) => latency.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

        Console.WriteLine($"{"operation",-12} {"count",8} {"errors",7} {"p50",8} {"p90",8} {"p99",8} {"p99.9",8} {"max",8}  ms from when it was due");
        foreach (var operation in operations)
        {
            var latencies = operation.Latencies;
            Console.WriteLine(
                $"{operation.Name,-12} {latencies.Count,8} {operation.Errors.Values.Sum(),7} {Ms(latencies.At(0.5)),8} {Ms(latencies.At(0.9)),8} {Ms(latencies.At(0.99)),8} {Ms(latencies.At(0.999)),8} {Ms(latencies.Max),8}  {string.Join(' ', operation.Errors.Select(error => $"{error.Key}:{error.Value}"))}".TrimEnd());
        }

        var count = operations.Sum(operation => operation.Latencies.Count);
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                seconds = Math.Round(time.TotalSeconds, 3),
                operations = count,
                per_second = Math.Round(count / time.TotalSeconds, 1),
                errors = operations.Sum(operation => operation.Errors.Values.Sum()),
                latencies_ms = operations.ToDictionary(operation => operation.Name.Replace(' ', '_'), operation => new
                {
                    p50 = operation.Latencies.At(0.5).TotalMilliseconds,
                    p90 = operation.Latencies.At(0.9).TotalMilliseconds,
                    p99 = operation.Latencies.At(0.99).TotalMilliseconds,
                    p999 = operation.Latencies.At(0.999).TotalMilliseconds,
                    max = operation.Latencies.Max.TotalMilliseconds,
                }),
            },
            Summary.Json));
    }
}
