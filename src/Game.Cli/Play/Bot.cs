using System.Diagnostics;
using System.Text.Json;
using Game.Client;

namespace Game.Cli.Play;

/// <summary>A player driven by a program, over the public API only.</summary>
public sealed class Bot : IAsyncDisposable
{
    // Answers that a strike at a boss may get around its appearance.
    private static readonly string[] NotYet = ["event_not_found", "event_not_started"];

    // Answers that a strike may get around a war's beginning and end.
    private static readonly string[] NotNow = ["war_closed", "front_not_open", "not_in_war"];

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private readonly Happenings _happenings;
    private readonly Random _random;
    private int _bossStrikes;

    private Bot(GameClient client, GameSession session, string name, Happenings happenings, int seed)
    {
        Client = client;
        Session = session;
        Name = name;
        _happenings = happenings;
        _random = new Random(seed);
    }

    public GameClient Client { get; }

    public GameSession Session { get; }

    public string Name { get; }

    public string Id => Client.Tokens.PlayerId;

    public string Shard => Client.Tokens.Shard;

    public string GuildId { get; set; } = "";

    /// <summary>What the wallet must hold when everything answered has arrived.</summary>
    public long ExpectedGold { get; set; }

    /// <summary>Points of this bot's confirmed strikes: its experience once their wars are settled.</summary>
    public long ConfirmedPoints { get; private set; }

    /// <summary>The boss to strike now and then; null: none.</summary>
    public Hunt? Hunt { get; set; }

    /// <summary>Damage of this bot's confirmed strikes at <see cref="Hunt"/>.</summary>
    public long BossDamage { get; private set; }

    /// <summary>What the bot's shares of bosses' rewards come to.</summary>
    public long EarnedReward { get; set; }

    /// <summary>Registers, and opens a session. <paramref name="shard"/>: null leaves it to the gateway.</summary>
    /// <exception cref="PlayException">The world refused.</exception>
    public static async Task<Bot> SignInAsync(
        HttpMessageHandler connections, Gateways gateways, string name, string? shard, Happenings happenings, int seed, TimeSpan patience, CancellationToken cancellationToken)
    {
        var client = new GameClient(gateways.CreateClient(connections, RequestTimeout)) { Patience = patience };
        happenings.CountRequest();
        var reply = await client.RegisterAsync(name, $"password of {name}", shard, cancellationToken);
        if (!reply.Ok)
        {
            throw new PlayException($"register {name} on {shard ?? "any shard"}", reply.Problem);
        }

        happenings.Players.AddOrUpdate(client.Tokens.Shard, 1, static (_, count) => count + 1);
        var session = new GameSession(gateways, client, (type, data) =>
        {
            happenings.CountPush();
            if (type == "war.scoreboard")
            {
                happenings.Show(data.Deserialize<ScoreboardDto>(Wire.Json)!);
            }
        });
        return new Bot(client, session, name, happenings, seed);
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        _happenings.CountRequest();
        var reply = await Client.GetAsync<T>(path, cancellationToken);
        return reply.Ok ? reply.Value! : throw new PlayException($"GET {path}", reply.Problem);
    }

    public async Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken)
    {
        _happenings.CountRequest();
        var reply = await Client.PostAsync<T>(path, body, cancellationToken);
        return reply.Ok ? reply.Value! : throw new PlayException($"POST {path}", reply.Problem);
    }

    /// <summary>Asks until the answer is as wanted, or the token ends it.</summary>
    public async Task<T> UntilAsync<T>(string path, Func<T, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await GetAsync<T>(path, cancellationToken);
            if (wanted(answer))
            {
                return answer;
            }

            // A client without a push to wait for asks again at a measured pace.
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    /// <summary>Asks until there is an answer; <paramref name="notYet"/> is the code of none.</summary>
    public async Task<T> UntilFoundAsync<T>(string path, string notYet, CancellationToken cancellationToken)
    {
        while (true)
        {
            _happenings.CountRequest();
            var reply = await Client.GetAsync<T>(path, cancellationToken);
            if (reply.Problem is not { } problem)
            {
                return reply.Value!;
            }

            if (problem.Code != notYet)
            {
                throw new PlayException($"GET {path}", problem);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    /// <summary>Asks for the own player until it is as wanted or the time is over; gives the last answer.</summary>
    public async Task<PlayerDto> SettleAsync(Func<PlayerDto, bool> wanted, TimeSpan within, CancellationToken cancellationToken)
    {
        var retry = new Retry(within);
        while (true)
        {
            var player = await GetAsync<PlayerDto>("/v1/players/me", cancellationToken);
            if (wanted(player) || !await retry.WaitAsync(null, cancellationToken))
            {
                return player;
            }
        }
    }

    /// <summary>Strikes until the war is over here: about <paramref name="perSecond"/> strikes a second, each until answered.</summary>
    public async Task FightAsync(string warId, WarLedger ledger, double perSecond, CancellationToken cancellationToken)
    {
        await Session.SubscribeAsync($"war:{warId}", cancellationToken);
        for (var n = 1; ; n++)
        {
            var power = _random.Next(1, 101);
            ledger.Send(power);
            _happenings.CountRequest();
            var asked = Stopwatch.GetTimestamp();
            var reply = await Session.AskAsync<StrikeDto>("strike", new { warId, power }, $"{warId}.{n}", cancellationToken);
            if (reply.Ok)
            {
                ledger.Acknowledge(power);
                ConfirmedPoints += power;
                _happenings.CountStrike(Stopwatch.GetElapsedTime(asked));
            }
            else
            {
                ledger.Refuse(power);
                if (reply.Problem!.Code == "front_not_open")
                {
                    // Accepted, but the news has not reached this shard yet.
                    await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
                    continue;
                }

                if (!NotNow.Contains(reply.Problem.Code))
                {
                    _happenings.Error($"{Name} strike: {reply.Problem}");
                }

                return;
            }

            await LiveAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds((0.5 + _random.NextDouble()) / perSecond), cancellationToken);
        }
    }

    /// <summary>What players do between strikes.</summary>
    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        if (Hunt is { } hunt && _random.Next(4) == 0)
        {
            await StrikeBossAsync(hunt, cancellationToken);
            return;
        }

        switch (_random.Next(40))
        {
            case 0 when ExpectedGold > 0:
                await PostAsync<PlayerDto>($"/v1/guilds/{GuildId}/deposit", new { amount = 1 }, cancellationToken);
                ExpectedGold--;
                break;
            case 1:
                await PostAsync<JsonElement>("/v1/leaderboards/arena/submit", new { score = _random.Next(1_000_000) }, cancellationToken);
                break;
            case 2:
                await PostAsync<JsonElement>("/v1/chat/world", new { text = $"{Name} was here" }, cancellationToken);
                break;
            case 3:
                await GetAsync<JsonElement>("/v1/leaderboards/arena/top?limit=10", cancellationToken);
                break;
        }
    }

    private async Task StrikeBossAsync(Hunt hunt, CancellationToken cancellationToken)
    {
        var power = _random.Next(1, 101);
        _happenings.CountRequest();
        var reply = await Session.AskAsync<BossStrikeDto>(
            "boss.strike", new { eventId = hunt.BossId, power }, $"{hunt.BossId}.{++_bossStrikes}", cancellationToken);
        if (reply.Ok)
        {
            hunt.Acknowledge(power);
            BossDamage += power;
        }
        else if (reply.Problem!.Code == "event_over")
        {
            Hunt = null;
        }
        else if (!NotYet.Contains(reply.Problem.Code))
        {
            _happenings.Error($"{Name} strike at a boss: {reply.Problem}");
        }
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}

/// <summary>The world gave an answer that ends the play.</summary>
public sealed class PlayException(string what, Problem? problem) : Exception($"{what}: {problem}")
{
    public Problem? Problem { get; } = problem;
}
