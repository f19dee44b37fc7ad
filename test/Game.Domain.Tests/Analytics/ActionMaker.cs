using Game.Contracts.Analytics;
using Game.Contracts.Identity;

namespace Game.Domain.Tests.Analytics;

/// <summary>Random well-formed actions of a few players, times out of order, some of them sent twice.</summary>
internal sealed class ActionMaker(Random random, int players = 12)
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 11, 30, 0, TimeSpan.Zero);

    private readonly string[] _players =
        [.. Enumerable.Range(0, players).Select(i => NewPlayer(Start.AddDays(-i), i))];

    private double _minutes;
    private int _number;

    public IReadOnlyList<string> Players => _players;

    public static string NewPlayer(DateTimeOffset registeredAt, int number) =>
        new EntityId("s01", Ulid.From(registeredAt, [.. BitConverter.GetBytes((long)number), 0, 0])).ToString();

    public static List<PlacedAction> Place(IEnumerable<PlayerAction> actions) =>
        [.. actions.Select((action, i) => new PlacedAction(new ActionOffset(i * 2, i % 3), action))];

    public List<PlayerAction> Make(int count)
    {
        var actions = new List<PlayerAction>(count);
        while (actions.Count < count)
        {
            var again = actions.Count > 0 && random.Next(20) == 0;
            actions.Add(again ? actions[random.Next(Math.Max(0, actions.Count - 5), actions.Count)] : Next());
        }

        return actions;
    }

    private PlayerAction Next()
    {
        // Mostly seconds, sometimes most of an hour: sessions end, hours and days pass.
        _minutes += random.Next(40) == 0 ? random.Next(1, 50) : random.NextDouble() * 0.2;
        var late = random.Next(10) == 0 ? random.NextDouble() * 90 : random.NextDouble();
        var kinds = Enum.GetValues<ActionKind>();
        return new PlayerAction(
            $"source-{_number / 7}/{_number++ % 7}",
            _players[random.Next(_players.Length)],
            "s01",
            kinds[random.Next(kinds.Length)],
            Start.AddMinutes(_minutes - late),
            Session: $"session-{random.Next(5)}",
            Skill: $"skill-{random.Next(4)}",
            Item: $"item-{random.Next(3)}",
            Target: random.Next(2) == 0 ? "attacker" : "defender",
            Amount: random.Next(10_000),
            Currency: random.Next(2) == 0 ? "EUR" : "JPY",
            Product: $"product-{random.Next(3)}",
            Outcome: (ActionOutcome)random.Next(3),
            X: random.Next(1_000),
            Y: random.Next(1_000));
    }
}
