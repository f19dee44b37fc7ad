using System.Text.Json;
using Game.Cli.Play;
using Game.Client;

namespace Game.Cli.Load;

/// <summary>Something players do, how often of a hundred times, and what has been measured of it.</summary>
internal sealed class Operation(string name, int share, Func<Bot, string, Random, CancellationToken, Task<Problem?>> run)
{
    private readonly Dictionary<string, int> _errors = [];

    public string Name => name;

    public int Share => share;

    /// <summary>From the moment an operation was due until its last answer, answered with success or not.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How often each code came; take it when nothing runs any more.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    /// <summary>What players do while a war is on: mostly strikes.</summary>
    public static IReadOnlyList<Operation> OfAWar =>
    [
        new("strike", 60, static async (bot, war, random, token) => (await bot.Session.AskAsync<StrikeDto>(
            "strike", new { warId = war, power = random.Next(1, 101) }, GameClient.NewKey(), token)).Problem),
        new("read player", 20, static async (bot, _, _, token) => (await bot.Client.GetAsync<PlayerDto>("/v1/players/me", token)).Problem),
        new("read war", 10, static async (bot, war, _, token) => (await bot.Client.GetAsync<WarDto>($"/v1/wars/{war}", token)).Problem),
        new("read board", 10, static async (bot, _, _, token) =>
            (await bot.Client.GetAsync<JsonElement>("/v1/leaderboards/war-points/top?limit=10", token)).Problem),
    ];

    public async Task RunAsync(Bot bot, string war, Random random, Func<TimeSpan> sinceDue, CancellationToken cancellationToken)
    {
        string? error;
        try
        {
            error = (await run(bot, war, random, cancellationToken))?.Code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            error = "no_answer";
        }
        catch (JsonException)
        {
            error = "answer_unreadable";
        }

        Latencies.Record(sinceDue());
        if (error is not null)
        {
            lock (_errors)
            {
                _errors[error] = _errors.GetValueOrDefault(error) + 1;
            }
        }
    }
}
