using System.Text;
using System.Text.Json;
using Game.Contracts.Analytics;
using Game.Contracts.Identity;

namespace Game.Integration.Tests.Ledger;

/// <summary>
/// Records of player actions drawn from a seed, in the order in which they are written. Players play sessions that end with a logout
/// or without; some actions are minutes late, some sessions come hours late as a whole, some records come twice, some are poison.
/// </summary>
internal sealed class ActionScript
{
    private const int ActionsOfASession = 300;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(20);
    private static readonly string[] Skills = [.. Enumerable.Range(0, 8).Select(i => $"skill-{i}")];
    private static readonly string[] Items = [.. Enumerable.Range(0, 6).Select(i => $"item-{i}")];
    private static readonly string[] Monsters = ["boar", "wolf", "troll", "wyrm"];
    private static readonly string[] Products = [.. Enumerable.Range(0, 5).Select(i => $"product-{i}")];
    private static readonly string[] Money = ["EUR", "USD", "JPY"];

    /// <summary>Kinds and how often they are drawn.</summary>
    private static readonly (ActionKind Kind, int Weight)[] Mix =
    [
        (ActionKind.Moved, 300), (ActionKind.SkillUsed, 250), (ActionKind.ItemUsed, 80), (ActionKind.Killed, 80), (ActionKind.Looted, 60),
        (ActionKind.Chatted, 50), (ActionKind.DuelEnded, 40), (ActionKind.Struck, 40), (ActionKind.StoreViewed, 30),
        (ActionKind.QuestCompleted, 20), (ActionKind.Purchased, 10), (ActionKind.GuildJoined, 10), (ActionKind.GuildDeposited, 10),
        (ActionKind.WarEnded, 5), (ActionKind.Teleported, 5), (ActionKind.SubscriptionStarted, 3), (ActionKind.SubscriptionRenewed, 3),
        (ActionKind.SubscriptionEnded, 2), (ActionKind.Refunded, 2),
    ];

    private readonly Random _random;
    private readonly TimeSpan _step;
    private readonly long _actions;
    private readonly List<ScriptPlayer> _players = [];
    private readonly List<ScriptPlayer> _closers = [];
    private readonly int _weights = Mix.Sum(entry => entry.Weight);
    private DateTimeOffset _clock;
    private long _counted;
    private long _payments;

    /// <param name="seed">The same seed writes the same, but for times and ids, which follow <paramref name="start"/>.</param>
    /// <param name="actions">How many that count, but for one more for each bucket.</param>
    /// <param name="shards">The shards the players are of.</param>
    /// <param name="players">How many of each shard; at most 500, so that numbers of different players are exact.</param>
    /// <param name="start">When play begins.</param>
    /// <param name="span">How long it lasts, before the last action of each bucket, an hour later.</param>
    public ActionScript(int seed, long actions, IReadOnlyList<string> shards, int players, DateTimeOffset start, TimeSpan span)
    {
        _random = new Random(seed);
        _actions = actions;
        _step = span / actions;
        _clock = start;
        foreach (var shard in shards)
        {
            var closed = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < players; i++)
            {
                _players.Add(NewPlayer(shard, i, start));
            }

            for (var i = players; closed.Count < ActionStreams.Buckets;)
            {
                var player = NewPlayer(shard, i, start);
                if (closed.Add(player.Bucket))
                {
                    _closers.Add(player);
                    i++;
                }
            }
        }
    }

    public IEnumerable<Sent> Play()
    {
        while (_counted < _actions)
        {
            _clock += _step * (2 * _random.NextDouble());
            var player = Pick();
            if (player.Session is null && player.HasLeft && _random.Next(30) == 0)
            {
                foreach (var sent in PlayOffline(player))
                {
                    yield return sent;
                }

                continue;
            }

            yield return Act(player, player.Session is null ? ActionKind.LoggedIn : Draw());
            if (_random.Next(500) == 0 && player.Last is { } last)
            {
                yield return last with { Fate = Fate.Repeated };
            }

            if (_random.Next(1000) == 0)
            {
                yield return Poison(player);
            }
        }

        // An hour later every session is over, and each bucket hears of the time.
        _clock += TimeSpan.FromHours(1);
        foreach (var closer in _closers)
        {
            yield return Act(closer, ActionKind.LoggedIn);
        }
    }

    private ScriptPlayer NewPlayer(string shard, int number, DateTimeOffset start)
    {
        var bytes = new byte[10];
        _random.NextBytes(bytes);
        var registeredAt = start.AddDays(-_random.Next(60));
        var id = $"{shard}.{Ulid.From(registeredAt, bytes)}";
        return new ScriptPlayer(id, shard, ActionStreams.BucketOf(id), number, registeredAt);
    }

    private ScriptPlayer Pick()
    {
        for (var tries = 0; ; tries++)
        {
            var player = _players[_random.Next(_players.Count)];
            if (player.RestsUntil <= _clock)
            {
                return player;
            }

            if (tries == 100)
            {
                (tries, _clock) = (0, _clock.AddMinutes(1));
            }
        }
    }

    private ActionKind Draw()
    {
        var chance = _random.Next(ActionsOfASession * 4);
        if (chance < 4)
        {
            return ActionKind.LoggedOut;
        }

        var weight = _random.Next(_weights);
        var entry = 0;
        for (; weight >= Mix[entry].Weight; entry++)
        {
            weight -= Mix[entry].Weight;
        }

        return Mix[entry].Kind;
    }

    /// <summary>A client whose network was away tells a whole session at once, hours later.</summary>
    private IEnumerable<Sent> PlayOffline(ScriptPlayer player)
    {
        var count = _random.Next(20, 100);
        var at = _clock.AddMinutes(-_random.Next(30, 360));
        for (var i = 0; i < count; i++)
        {
            var kind = i == 0 ? ActionKind.LoggedIn : i == count - 1 ? ActionKind.LoggedOut : Draw();
            yield return Act(player, kind is ActionKind.LoggedOut && i < count - 1 ? ActionKind.Moved : kind, at.AddSeconds(5 * i));
        }
    }

    private Sent Act(ScriptPlayer player, ActionKind kind, DateTimeOffset? at = null)
    {
        if (kind == ActionKind.LoggedIn)
        {
            (player.Session, player.Next, player.Sources) = ($"{player.Number}-{player.Sessions++}", 0, 1);
            player.SessionBegan = player.LastAt = at ?? _clock;
            player.Last = null;
        }

        if (at is null && _clock - player.LastAt > LongestPause)
        {
            // Near enough to the end of the session by its pause: nothing comes from before it any more.
            player.SessionBegan = _clock;
        }

        var when = at ?? WhenOf(player, kind);
        player.LastAt = when > player.LastAt ? when : player.LastAt;
        var isPaid = kind is ActionKind.Purchased or ActionKind.Refunded && player.Sources < ScriptPlayer.MaxSources;
        player.Sources += isPaid ? 1 : 0;
        var id = isPaid ? $"payment-{_payments++}" : $"{player.Session}/{player.Next++}";
        var action = Fill(new PlayerAction(id, player.Id, player.Shard, kind, Milliseconds(when), player.Session));
        var sent = new Sent(player.Bucket, Write(action), Fate.Counts) { What = (player, action) };
        player.Last = sent;
        _counted++;
        if (kind == ActionKind.LoggedOut)
        {
            Rest(player, hasLeft: true, _random.Next(1, 40));
        }
        else if (at is null && _random.Next(ActionsOfASession * 4) == 0)
        {
            // Gone without a word: the session ends when half an hour has passed.
            Rest(player, hasLeft: false, _random.Next(33, 60));
        }

        return sent;
    }

    /// <summary>Mostly now; some of the time as late as the session is old, but never the first one or the one that ends it.</summary>
    private DateTimeOffset WhenOf(ScriptPlayer player, ActionKind kind) =>
        kind is not (ActionKind.LoggedIn or ActionKind.LoggedOut) && _random.Next(50) == 0
            ? player.SessionBegan + ((_clock - player.SessionBegan) * _random.NextDouble())
            : _clock;

    private static void Rest(ScriptPlayer player, bool hasLeft, int minutes)
    {
        player.Session = null;
        player.HasLeft = hasLeft;
        player.RestsUntil = player.LastAt.AddMinutes(minutes);
    }

    private PlayerAction Fill(PlayerAction action) => action.Kind switch
    {
        ActionKind.SkillUsed => action with { Skill = Any(Skills), Amount = _random.Next(5) > 0 ? _random.Next(5_000) : null },
        ActionKind.ItemUsed => action with { Item = Any(Items) },
        ActionKind.Killed => action with { Target = Any(Monsters), Skill = _random.Next(3) > 0 ? Any(Skills) : null },
        ActionKind.Looted => action with { Target = "gold", Amount = _random.NextInt64(1, 1_000_000) },
        ActionKind.DuelEnded => action with
        {
            Outcome = (ActionOutcome)_random.Next(3),
            Skill = _random.Next(4) > 0 ? Any(Skills) : null,
            Item = _random.Next(4) > 0 ? Any(Items) : null,
        },
        ActionKind.QuestCompleted => action with { Target = "a-quest" },
        ActionKind.StoreViewed => action with { Product = Any(Products) },
        ActionKind.Struck => action with { Target = "a-war", Amount = _random.Next(500) },
        ActionKind.WarEnded => action with
        {
            Outcome = (ActionOutcome)_random.Next(3),
            Target = _random.Next(2) == 0 ? "attacker" : "defender",
            Amount = _random.Next(100_000),
        },
        ActionKind.GuildDeposited => action with { Target = "a-guild", Amount = _random.Next(1_000) },
        ActionKind.SubscriptionEnded => action with { Product = Any(Products) },
        ActionKind.Purchased or ActionKind.SubscriptionStarted or ActionKind.SubscriptionRenewed or ActionKind.Refunded =>
            action with { Product = Any(Products), Currency = Any(Money), Amount = _random.Next(1, 10_000) },
        _ => action,
    };

    /// <summary>What an action may not look like, and what no action looks like.</summary>
    private Sent Poison(ScriptPlayer player)
    {
        var purchase = new PlayerAction(
            $"poison-{_counted}", player.Id, player.Shard, ActionKind.Purchased, Milliseconds(_clock), Product: "p", Amount: 1, Currency: "EUR");
        return _random.Next(9) switch
        {
            0 => Bad(purchase with { Amount = -1 }, "amount"),
            1 => Bad(purchase with { Currency = "ZZZ" }, "currency"),
            2 => Bad(purchase with { At = new DateTimeOffset(9998, 1, 1, 0, 0, 0, TimeSpan.Zero) }, "at"),
            3 => Bad(purchase with { At = new DateTimeOffset(1969, 1, 1, 0, 0, 0, TimeSpan.Zero) }, "at"),
            4 => Bad(purchase with { Product = "no name" }, "product"),
            5 => new Sent(player.Bucket, Encoding.UTF8.GetBytes("{ no action"), Fate.Poison) { Reason = "cannot be read" },
            6 => Bad(purchase, "knows no type") with { Type = "no.type" },
            7 => Bad(purchase, "has version") with { Version = "99" },
            _ => Bad(purchase, "has no key") with { Bucket = null },
        };

        Sent Bad(PlayerAction action, string reason) => new(player.Bucket, Write(action), Fate.Poison) { Reason = reason };
    }

    private string Any(string[] names) => names[_random.Next(names.Length)];

    private static DateTimeOffset Milliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static byte[] Write(PlayerAction action)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", action.Id);
            json.WriteString("player", action.Player);
            json.WriteString("shard", action.Shard);
            json.WriteString("kind", NameOf(action.Kind));
            json.WriteString("at", action.At);
            WriteText(json, "session", action.Session);
            WriteText(json, "skill", action.Skill);
            WriteText(json, "item", action.Item);
            WriteText(json, "target", action.Target);
            WriteText(json, "currency", action.Currency);
            WriteText(json, "product", action.Product);
            WriteText(json, "outcome", action.Outcome?.ToString().ToLowerInvariant());
            if (action.Amount is { } amount)
            {
                json.WriteNumber("amount", amount);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>As JSON and the metrics have it.</summary>
    internal static string NameOf(ActionKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
