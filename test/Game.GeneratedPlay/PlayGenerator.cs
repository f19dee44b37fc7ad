using Game.Contracts.Analytics;
using Game.Contracts.Identity;

namespace Game.GeneratedPlay;

/// <summary>
/// Play with known cheaters, drawn from a seed. Players differ in pace, skill, wealth and habits, cheaters also in how clumsy
/// they are; docs/analytics.md describes the model. Nothing here knows how detection works.
/// </summary>
public sealed class PlayGenerator
{
    private readonly PlayPlan _plan;
    private readonly (string Id, Conduct Conduct)[] _players;

    public PlayGenerator(PlayPlan plan)
    {
        _plan = plan;
        var random = new Random(plan.Seed);
        var bytes = new byte[10];
        _players = new (string, Conduct)[plan.Players];
        for (var i = 0; i < plan.Players; i++)
        {
            random.NextBytes(bytes);
            var id = new EntityId("s01", Ulid.From(PlayPlan.Start.AddDays(-random.Next(60)), bytes)).ToString();
            var conduct = random.NextDouble() < plan.Cheaters ? (Conduct)(1 + (i % 3)) : Conduct.Honest;
            _players[i] = (id, conduct);
        }
    }

    public IReadOnlyList<(string Id, Conduct Conduct)> Players => _players;

    /// <summary>The actions of a bucket's players in the order in which they reach the stream.</summary>
    public IEnumerable<PlayerAction> Bucket(int number)
    {
        var queue = new PriorityQueue<(IEnumerator<Arrival> Coming, PlayerAction Action), long>();
        for (var i = number; i < _players.Length; i += _plan.Buckets)
        {
            var (id, conduct) = _players[i];
            Take(queue, InOrder(new GeneratedPlayer(id, conduct, new Random(HashCode(i)), _plan.Hours).Play()).GetEnumerator());
        }

        while (queue.TryDequeue(out var next, out _))
        {
            yield return next.Action;
            Take(queue, next.Coming);
        }
    }

    private int HashCode(int player) => unchecked((_plan.Seed * 486_187_739) + (player * 16_777_619));

    private static void Take(PriorityQueue<(IEnumerator<Arrival> Coming, PlayerAction Action), long> queue, IEnumerator<Arrival> rest)
    {
        if (rest.MoveNext())
        {
            queue.Enqueue((rest, rest.Current.Action), rest.Current.At);
        }
        else
        {
            rest.Dispose();
        }
    }

    /// <summary>A client sends in order: what is held up holds up what comes after it.</summary>
    private static IEnumerable<Arrival> InOrder(IEnumerable<Arrival> arrivals)
    {
        var last = 0L;
        foreach (var arrival in arrivals)
        {
            last = Math.Max(last, arrival.At);
            yield return arrival with { At = last };
        }
    }
}

/// <summary>An action and when it reaches the stream, Unix milliseconds.</summary>
internal readonly record struct Arrival(PlayerAction Action, long At);
