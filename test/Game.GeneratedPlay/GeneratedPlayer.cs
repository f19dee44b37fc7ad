using Game.Contracts.Analytics;

namespace Game.GeneratedPlay;

/// <summary>One player: sessions of travel, fights, idling and town, with gaps that people (or scripts) make.</summary>
internal sealed class GeneratedPlayer
{
    private const int Skills = 12;
    private const double MountedSpeed = 11;
    private static readonly string[] Monsters = ["wolf", "bandit", "golem", "wraith", "boar", "spider", "ogre", "imp"];

    private readonly string _id;
    private readonly Conduct _conduct;
    private readonly Random _random;
    private readonly double _hours;

    // People: how fast they react, how steadily, how much they idle, how well they keep to a rotation, what they earn.
    private readonly double _reaction;
    private readonly double _unsteadiness;
    private readonly double _idleness;
    private readonly double _discipline;
    private readonly double _wealth;
    private readonly string[] _rotation;
    private readonly string[] _haunts;

    // Scripts: how much they jitter, whether they imitate people's gaps, whether they keep to their loop.
    private readonly double _jitter;
    private readonly bool _imitates;
    private readonly double _strays;

    // The other two.
    private readonly double _overSpeed;
    private readonly double _speedingShare;
    private readonly double _overYield;

    private long _now;
    private double _x;
    private double _y;
    private long _held;
    private int _number;
    private string _session = "";

    public GeneratedPlayer(string id, Conduct conduct, Random random, double hours)
    {
        (_id, _conduct, _random, _hours) = (id, conduct, random, hours);
        _reaction = LogNormal(260, 0.4);
        _unsteadiness = Between(0.35, 0.8);
        _idleness = LogNormal(1, 0.7);
        _discipline = Between(0.3, 0.92);
        _wealth = LogNormal(40, 0.5);
        _rotation = [.. Enumerable.Range(0, random.Next(3, 7)).Select(_ => $"skill-{random.Next(Skills)}")];
        _haunts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Monsters[random.Next(Monsters.Length)])];

        var finesse = random.NextDouble();
        (_jitter, _imitates, _strays) = finesse switch
        {
            < 0.5 => (Between(0.02, 0.1), false, 0.01),
            < 0.85 => (Between(0.1, 0.3), false, Between(0.0, 0.1)),
            _ => (0.5, true, Between(0.05, 0.4)),
        };
        _overSpeed = Between(1.35, 3);
        _speedingShare = Between(0.3, 1);
        _overYield = Between(5, 20);
    }

    public IEnumerable<Arrival> Play()
    {
        _now = PlayPlan.Start.ToUnixTimeMilliseconds() + _random.NextInt64(2 * 3_600_000);
        var left = (long)(_hours * 3_600_000);
        while (left > 0)
        {
            _session = $"session-{_random.Next():x8}";
            var length = Math.Min(left, (long)(LogNormal(_conduct == Conduct.Bot ? 180 : 50, 0.6) * 60_000));
            var end = _now + length;
            yield return Do(ActionKind.LoggedIn);
            while (_now < end)
            {
                foreach (var arrival in Round())
                {
                    yield return arrival;
                }
            }

            Pause(2_000);
            yield return Do(ActionKind.LoggedOut);
            left -= length;
            _now += (long)(LogNormal(90, 0.8) * 60_000);
        }
    }

    /// <summary>To the next monsters, some fights, and what comes between.</summary>
    private IEnumerable<Arrival> Round()
    {
        foreach (var arrival in Travel())
        {
            yield return arrival;
        }

        var fights = _conduct is Conduct.Bot or Conduct.Farmer ? 12 : _random.Next(1, 9);
        for (var i = 0; i < fights; i++)
        {
            foreach (var arrival in Fight())
            {
                yield return arrival;
            }
        }

        if (_conduct == Conduct.Bot)
        {
            // To the vendor, as the script has it.
            Pause(1_500);
            yield return Do(ActionKind.ItemUsed);
            yield break;
        }

        foreach (var arrival in Leisure())
        {
            yield return arrival;
        }
    }

    private IEnumerable<Arrival> Travel()
    {
        if (_random.Next(6) == 0 && _conduct != Conduct.Bot)
        {
            Pause(4_000);
            (_x, _y) = (_random.Next(-5_000, 5_000), _random.Next(-5_000, 5_000));
            yield return Do(ActionKind.Teleported);
        }

        var speeding = _conduct == Conduct.Speeder && _random.NextDouble() < _speedingShare;
        var speed = (_random.Next(3) == 0 ? MountedSpeed : Between(5, 7.5)) * (speeding ? _overSpeed : 1);
        if (speeding)
        {
            speed = Math.Max(speed, 12 * _overSpeed);
        }

        var angle = Between(0, Math.Tau);
        var steps = _conduct == Conduct.Bot ? 8 : _random.Next(4, 26);
        for (var i = 0; i < steps; i++)
        {
            var before = _now;
            Pause(1_200);
            var way = speed * (_now - before) / 1000;
            angle += Between(-0.3, 0.3);
            (_x, _y) = (_x + (way * Math.Cos(angle)), _y + (way * Math.Sin(angle)));

            // The place is that of the last tick of the client's physics, which is up to 50 ms old.
            var old = speed * Between(0, 0.05);
            var (x, y) = (_x - (old * Math.Cos(angle)), _y - (old * Math.Sin(angle)));
            yield return Do(ActionKind.Moved, x: (int)Math.Round(x), y: (int)Math.Round(y));
        }
    }

    private IEnumerable<Arrival> Fight()
    {
        const int Cooldown = 1_500;
        var monster = _conduct == Conduct.Farmer ? _haunts[0] : _haunts[_random.Next(_haunts.Length)];
        var blows = _conduct == Conduct.Bot ? _rotation.Length : _random.Next(3, 15);
        for (var i = 0; i < blows; i++)
        {
            Pause(_reaction, Cooldown);
            var keeps = _conduct == Conduct.Bot ? _random.NextDouble() >= _strays : _random.NextDouble() < _discipline;
            var skill = keeps ? _rotation[i % _rotation.Length] : $"skill-{_random.Next(Skills)}";
            yield return Do(ActionKind.SkillUsed, skill: skill, amount: (long)LogNormal(120, 0.3));
        }

        Pause(400);
        yield return Do(ActionKind.Killed, target: monster);
        Pause(700);
        var worth = _wealth * LogNormal(1, 0.6) * (_random.Next(400) == 0 ? 40 : 1) * (_conduct == Conduct.Farmer ? _overYield : 1);
        yield return Do(ActionKind.Looted, target: "corpse", amount: Math.Max(1, (long)worth));
    }

    private IEnumerable<Arrival> Leisure()
    {
        if (_random.Next(4) == 0)
        {
            Pause(3_000);
            yield return Do(ActionKind.ItemUsed);
        }

        if (_random.Next(25) == 0)
        {
            Pause(6_000);
            yield return Do(ActionKind.StoreViewed);
        }

        if (_random.Next(30) == 0)
        {
            Pause(5_000);
            yield return Do(ActionKind.QuestCompleted, target: $"quest-{_random.Next(40)}");
        }

        for (var chats = _random.Next(10) == 0 ? _random.Next(1, 8) : 0; chats > 0; chats--)
        {
            Pause(7_000);
            yield return Do(ActionKind.Chatted);
        }

        if (_conduct == Conduct.Farmer ? _random.Next(20) == 0 : _random.Next(2) == 0)
        {
            _now += (long)(LogNormal(15_000, 0.9) * _idleness);
        }
    }

    /// <summary>People's gaps are log-normal, scripts' are a number and some jitter; a cooldown is waited for by both.</summary>
    private void Pause(double median, double cooldown = 0)
    {
        var gap = _conduct == Conduct.Bot && !_imitates
            ? (median + cooldown) * Between(1 - _jitter, 1 + _jitter)
            : cooldown + LogNormal(median, _unsteadiness);
        _now += (long)Math.Max(20, gap);
    }

    private Arrival Do(
        ActionKind kind, string? skill = null, string? target = null, long? amount = null, int? x = null, int? y = null)
    {
        var action = new PlayerAction(
            $"{_session}/{_number++}", _id, "s01", kind, DateTimeOffset.FromUnixTimeMilliseconds(_now), _session,
            Skill: skill, Item: kind == ActionKind.ItemUsed ? "potion" : null, Target: target, Amount: amount, X: x, Y: y);

        // A network that is away for a while delivers all at once when it is back.
        if (_random.Next(4_000) == 0)
        {
            _held = _now + _random.Next(3_000, 40_000);
        }

        return new Arrival(action, Math.Max(_held, _now + (long)LogNormal(60, 0.6)));
    }

    private double Between(double least, double most) => least + (_random.NextDouble() * (most - least));

    private double LogNormal(double median, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(Math.Tau * _random.NextDouble());
        return median * Math.Exp(sigma * normal);
    }
}
