using System.Diagnostics;
using Game.Client;

namespace Game.Cli.Play;

/// <summary>
/// Two guilds with members on every shard, and wars between them one after the other until the time is up. A war is begun
/// only if it can settle in time.
/// </summary>
public sealed class Campaign(Places places, int bots, TimeSpan? length, Happenings happenings) : IAsyncDisposable
{
    private const int LargestWager = 50;
    private const double StrikesPerSecond = 4;

    // Of a boss: a sixth of what a bot can deal in a second, so that it is killed also where bots are often held up.
    private const long HitPointsPerBotAndSecond = 8;
    private const long RewardPerBot = 1000;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(6);

    /// <summary>Longer than a reminder takes to bring back what a killed silo had begun; what agrees is not waited for.</summary>
    internal static readonly TimeSpan ToArrive = TimeSpan.FromMinutes(3);

    private readonly List<Bot> _bots = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly SocketsHttpHandler _connections = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(1) };

    private readonly string _run = Convert.ToString(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 100_000_000, 16);
    private int _settled;
    private string? _joined;

    /// <summary>How long a war lasts.</summary>
    public TimeSpan WarLength { get; init; } =
        TimeSpan.FromSeconds(Math.Clamp(Math.Floor((length ?? TimeSpan.FromSeconds(60)).TotalSeconds / 4), 5, 20));

    /// <summary>How long bots keep asking what gets no answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Adds a shard once a war is on, whose players fight in the next one; null: none is added.</summary>
    public Func<CancellationToken, Task<Places>>? Join { get; init; }

    /// <summary>Where the world is reached by now.</summary>
    public Places Places { get; private set; } = places;

    /// <summary>Shards that were added and had a part in a war; null if none was to be.</summary>
    public int? JoinedLate { get; private set; }

    public List<WarResult> Wars { get; } = [];

    /// <summary>Number of <see cref="Wars"/>; may be read while the campaign is on.</summary>
    public int WarsSettled => Volatile.Read(ref _settled);

    /// <summary>Whether a war began whose settlement was not waited for.</summary>
    public bool LeftAWarOpen { get; private set; }

    private TimeSpan Left => length is { } all ? all - Stopwatch.GetElapsedTime(_started) : TimeSpan.MaxValue;

    /// <summary>Plays until the time is up or <paramref name="stopping"/> asks to; a war that runs then is fought to its end.</summary>
    public async Task PlayAsync(CancellationToken stopping, CancellationToken abandon)
    {
        await SignInAsync(abandon);
        var (red, blue) = (_bots[0], _bots[1]);
        await Diplomacy.FoundAsync(red, $"Reds {Suffix(red)}", "RED", abandon);
        await Diplomacy.FoundAsync(blue, $"Blues {Suffix(blue)}", "BLU", abandon);
        happenings.Tell($"guilds founded: {red.GuildId} on {red.Shard}, {blue.GuildId} on {blue.Shard}");
        await Parallel.ForEachAsync(
            _bots.Skip(2).Select((bot, i) => (bot, i % 2 == 0 ? red : blue)),
            new ParallelOptions { CancellationToken = abandon, MaxDegreeOfParallelism = 16 },
            async (pair, token) => await Diplomacy.JoinAsync(pair.bot, pair.Item2.GuildId, token));
        happenings.Tell($"{_bots.Count} players in two guilds on {Places.Shards.Count} shards");

        JoinedLate = Join is null ? null : 0;
        for (var round = 0; !stopping.IsCancellationRequested; round++)
        {
            if (Left < WarLength + SettleTime)
            {
                return;
            }

            var joining = round == 0 ? Join?.Invoke(abandon) : null;
            await FightAsync(round % 2 == 0 ? (red, blue) : (blue, red), (int)WarLength.TotalSeconds, abandon);
            if (joining is not null)
            {
                await WelcomeAsync(await joining, red, blue, abandon);
            }
        }
    }

    /// <summary>
    /// Compares every player's wallet and experience with what was confirmed to it, once what is under way has arrived.
    /// </summary>
    /// <returns>What is missing and what is there twice, in gold and points.</returns>
    public async Task<(long Lost, long Duplicated)> CompareAsync(CancellationToken cancellationToken)
    {
        long lost = 0;
        long duplicated = 0;
        foreach (var bot in _bots)
        {
            // Points of a war that is still open are not experience yet.
            bool Settled(PlayerDto player) =>
                player.Gold == bot.ExpectedGold && (LeftAWarOpen || player.Experience == bot.ConfirmedPoints + bot.EarnedReward);
            var player = await bot.SettleAsync(Settled, ToArrive, cancellationToken);
            if (!Settled(player))
            {
                var gold = player.Gold!.Value - bot.ExpectedGold;
                var points = LeftAWarOpen ? 0 : player.Experience - bot.ConfirmedPoints - bot.EarnedReward;
                lost += Math.Max(0, -gold) + Math.Max(0, -points);
                duplicated += Math.Max(0, gold) + Math.Max(0, points);
                happenings.Tell($"{bot.Name}: gold off by {gold}, points off by {points}");
            }
        }

        return (lost, duplicated);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bot in _bots)
        {
            await bot.DisposeAsync();
        }

        _connections.Dispose();
    }

    private static string Suffix(Bot bot) => bot.Id[^6..];

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Math.Max(2, bots)),
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = 8 },
            async (i, token) =>
            {
                var bot = await SignInAsync(i, Places.Shards[i % Places.Shards.Count], i / Places.Shards.Count, token);
                lock (_bots)
                {
                    _bots.Add(bot);
                }
            });
        _bots.Sort(static (a, b) => int.Parse(a.Name.Split('-')[^1]).CompareTo(int.Parse(b.Name.Split('-')[^1])));
        happenings.Tell($"{_bots.Count} players signed in");
    }

    /// <summary>A name is unique on its shard, and the data folder may hold the players of earlier runs.</summary>
    private Task<Bot> SignInAsync(int number, string shard, int gateway, CancellationToken cancellationToken) => Bot.SignInAsync(
        _connections, new Gateways(Places.GatewaysOf(shard), gateway), $"bot-{_run}-{number}", shard, happenings, number, Patience, cancellationToken);

    /// <summary>Two players on the new shard, one in each guild: what they ask goes over shards that have heard of it while they ran.</summary>
    private async Task WelcomeAsync(Places added, Bot red, Bot blue, CancellationToken cancellationToken)
    {
        Places = Places.With(added);
        _joined = added.Shards[0];
        foreach (var leader in (Bot[])[red, blue])
        {
            var bot = await SignInAsync(_bots.Count, _joined, 0, cancellationToken);
            _bots.Add(bot);
            await Diplomacy.JoinAsync(bot, leader.GuildId, cancellationToken);
        }

        happenings.Tell($"shard {_joined} has joined: two of its players are in the guilds");
    }

    private async Task FightAsync((Bot Attacker, Bot Defender) leaders, int seconds, CancellationToken cancellationToken)
    {
        var (attacker, defender) = leaders;
        var wager = Math.Min(await ToWagerAsync(attacker, cancellationToken), await ToWagerAsync(defender, cancellationToken));
        var war = await Diplomacy.BeginWarAsync(attacker, defender, wager, seconds, cancellationToken);
        happenings.War = war;
        LeftAWarOpen = true;
        happenings.Tell($"war {war.Id} started on {war.Shards.Count} shards for {seconds} s, {wager} gold from each side");

        if (_joined is not null && war.Shards.All(shard => shard.Shard != _joined))
        {
            throw new PlayException($"war {war.Id} is not on shard {_joined}, which has joined before it", null);
        }

        // One boss a campaign, in its first war.
        var hunt = Wars.Count > 0 ? null : await Hunt.BeginAsync(
            Places, HitPointsPerBotAndSecond * _bots.Count * seconds, RewardPerBot * _bots.Count, seconds, cancellationToken);
        _bots.ForEach(bot => bot.Hunt = hunt);
        var ledger = new WarLedger(war.Id);
        await Task.WhenAll(_bots.Select(bot => bot.FightAsync(war.Id, ledger, StrikesPerSecond, cancellationToken)));

        war = await attacker.UntilAsync<WarDto>($"/v1/wars/{war.Id}", view => view.Status == "settled", cancellationToken);
        happenings.War = war;
        var outcomes = new List<OutcomeDto>();
        foreach (var bot in _bots.DistinctBy(bot => bot.Shard))
        {
            var front = await bot.UntilAsync<FrontDto>($"/v1/wars/{war.Id}/front", view => view.Outcome is not null, cancellationToken);
            outcomes.Add(front.Outcome!);
        }

        if (outcomes.DistinctBy(outcome => (outcome.Total, outcome.Winner)).Count() > 1)
        {
            happenings.Error($"shards disagree on war {war.Id}: {string.Join(" | ", outcomes)}");
        }

        // The next war can be declared when both guilds have closed the books on this one.
        foreach (var leader in (Bot[])[attacker, defender])
        {
            await leader.UntilAsync<GuildDto>(
                $"/v1/guilds/{leader.GuildId}", guild => guild.Wars.All(entry => entry.WarId != war.Id), cancellationToken);
        }

        if (hunt is not null)
        {
            await hunt.FinishAsync(_bots, happenings, cancellationToken);
        }

        LeftAWarOpen = false;
        JoinedLate = _joined is not null && ledger.Acknowledged > 0 ? 1 : JoinedLate;
        Wars.Add(new WarResult(ledger, war.Total.Sum));
        Volatile.Write(ref _settled, Wars.Count);
        happenings.Tell($"war {war.Id} settled {war.Total.Attacker}:{war.Total.Defender}, won by {WinnerName(war)}");
    }

    /// <summary>What a guild can lose: never all it has, so that one which loses every war can still fight the next.</summary>
    private static async Task<long> ToWagerAsync(Bot leader, CancellationToken cancellationToken)
    {
        var guild = await leader.GetAsync<GuildDto>($"/v1/guilds/{leader.GuildId}", cancellationToken);
        return Math.Clamp(guild.Treasury!.Value / 4, 1, LargestWager);
    }

    private static string WinnerName(WarDto war) =>
        war.Winner is null ? "nobody" : war.Winner == war.Attacker ? war.AttackerName : war.DefenderName ?? war.Defender;
}

/// <summary>A settled war: what its fighters know, and the total the world settled.</summary>
public sealed record WarResult(WarLedger Ledger, long Settled);
