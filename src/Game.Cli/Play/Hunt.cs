using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Game.Client;

namespace Game.Cli.Play;

/// <summary>
/// A world boss that the bots strike between their strikes in a war, and what they know of it. Safe for concurrent use.
/// </summary>
public sealed class Hunt
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _reward;
    private long _acknowledged;

    private Hunt(string bossId, long hitPoints, long reward)
    {
        BossId = bossId;
        HitPoints = hitPoints;
        _reward = reward;
    }

    public string BossId { get; }

    public long HitPoints { get; }

    public void Acknowledge(int damage) => Interlocked.Add(ref _acknowledged, damage);

    /// <summary>Has a boss appear at once, asking again under the same key until somebody answers.</summary>
    /// <exception cref="PlayException">It was refused.</exception>
    public static async Task<Hunt> BeginAsync(Places places, long hitPoints, long reward, int seconds, CancellationToken cancellationToken)
    {
        var key = GameClient.NewKey();
        var startsAt = DateTimeOffset.UtcNow;
        var boss = new { kind = "worldBoss", name = "The Dragon", startsAt, durationSeconds = seconds, hitPoints, reward };
        var silos = places.Managements[0];
        for (var attempt = 0; ; attempt++)
        {
            using var http = OperatorClient.Create(silos[attempt % silos.Count]);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ops/world-events") { Content = JsonContent.Create(boss) };
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.Created)
                {
                    var scheduled = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                    return new Hunt(scheduled.GetProperty("id").GetString()!, hitPoints, reward);
                }

                if ((int)response.StatusCode < 500)
                {
                    var problem = await response.Content.ReadFromJsonAsync<Problem>(Wire.Json, cancellationToken);
                    throw new PlayException("schedule a boss", problem);
                }
            }
            catch (Exception exception) when (OperatorClient.IsAway(exception, cancellationToken))
            {
                // The silo is away; the key makes asking again safe.
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>
    /// Waits until the event is settled and paid on every shard, compares it with what the bots were told, and tells each what it
    /// has earned.
    /// </summary>
    public async Task FinishAsync(IReadOnlyList<Bot> bots, Happenings happenings, CancellationToken cancellationToken)
    {
        var outcomes = new List<EventOutcomeDto>();
        foreach (var bot in bots.DistinctBy(bot => bot.Shard))
        {
            outcomes.Add(await SettledAsync(bot, cancellationToken));
        }

        var outcome = outcomes[0];
        if (outcomes.DistinctBy(other => (other.Damage, other.Ending, other.Contributors)).Count() > 1)
        {
            happenings.Error($"shards disagree on boss {BossId}: {string.Join(" | ", outcomes)}");
        }

        if (outcome.Damage != Interlocked.Read(ref _acknowledged))
        {
            happenings.Error($"boss {BossId}: {outcome.Damage} damage settled, {_acknowledged} confirmed");
        }

        foreach (var bot in bots.Where(_ => outcome.Ending == "killed"))
        {
            bot.EarnedReward += (long)((Int128)_reward * bot.BossDamage / outcome.Damage);
        }

        happenings.Tell(
            $"boss {BossId} of {HitPoints} hit points: {outcome.Ending} with {outcome.Damage} damage by {outcome.Contributors} players, "
            + $"{outcome.Top.FirstOrDefault()?.Player ?? "nobody"} first");
    }

    private async Task<EventOutcomeDto> SettledAsync(Bot bot, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await bot.Client.GetAsync<EventDto>($"/v1/events/{BossId}", cancellationToken);
            if (reply is { Ok: true, Value: { Outcome: { } outcome, Shard.RewardsPaid: true } })
            {
                return outcome;
            }

            // A shard that was away may not even have heard of it.
            if (!reply.Ok && reply.Problem!.Code != "event_not_found")
            {
                throw new PlayException($"GET /v1/events/{BossId}", reply.Problem);
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
