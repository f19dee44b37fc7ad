using System.Text.Json;
using System.Text.Json.Serialization;
using Game.Cli.Play;
using Game.Client;

namespace Game.Cli.Run;

/// <summary>The last line of a run.</summary>
public sealed record Summary
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public int Wars { get; set; }

    /// <summary>Points of strikes in settled wars that the world confirmed to the bots.</summary>
    public long PointsEarned { get; set; }

    /// <summary>Points the world settled in those wars.</summary>
    public long PointsSettled { get; set; }

    /// <summary>Gold ever made.</summary>
    public long GoldBefore { get; set; }

    /// <summary>Gold in wallets, treasuries and escrow.</summary>
    public long GoldAfter { get; set; }

    public long Lost { get; set; }

    public long Duplicated { get; set; }

    /// <summary>Events in the logs of all shards; null without Kafka.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsIn { get; set; }

    /// <summary>Events of those logs counted in Kafka, each once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EventsCounted { get; set; }

    /// <summary>Shards that joined while the others played and took part in a war; null if none was to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? JoinedLate { get; set; }

    public int Errors { get; set; }

    /// <summary>Whether what there was time for has happened.</summary>
    [JsonIgnore]
    public bool Complete { get; set; } = true;

    [JsonIgnore]
    public bool Agrees => Complete && PointsEarned == PointsSettled && GoldBefore == GoldAfter
        && Lost == 0 && Duplicated == 0 && EventsIn == EventsCounted && Errors == 0;

    /// <summary>Compares what the bots know with what the world holds, once it is at rest.</summary>
    public static async Task<Summary> OfAsync(Campaign campaign, Happenings happenings)
    {
        var summary = new Summary { Wars = campaign.Wars.Count, JoinedLate = campaign.JoinedLate };
        foreach (var war in campaign.Wars)
        {
            summary.PointsEarned += war.Ledger.Acknowledged;
            summary.PointsSettled += war.Settled;
            summary.Lost += war.Ledger.LostIn(war.Settled);
            summary.Duplicated += war.Ledger.DuplicatedIn(war.Settled);
        }

        try
        {
            var gold = await RestAsync(campaign.Places);
            summary.GoldBefore = gold.Minted;
            summary.GoldAfter = gold.Wallets + gold.Treasuries + gold.Escrow;
            var (lost, duplicated) = await campaign.CompareAsync(CancellationToken.None);
            summary.Lost += lost;
            summary.Duplicated += duplicated;
        }
        catch (Exception exception) when (exception is PlayException or HttpRequestException)
        {
            happenings.Error($"the books could not be compared: {exception.Message}");
        }

        summary.Errors = happenings.Errors.Count;
        return summary;
    }

    /// <summary>Gold on its way between shards arrives; then the books are read.</summary>
    private static async Task<LedgerDto> RestAsync(Places places)
    {
        var retry = new Retry(Campaign.ToArrive);
        while (true)
        {
            var ledger = new LedgerDto(0, 0, 0, 0, 0);
            foreach (var silos in places.Managements)
            {
                // Any silo of a shard has read the shard's whole log.
                ledger += await OperatorClient.GetAsync<LedgerDto>(silos, "/ops/ledger", CancellationToken.None);
            }

            if (ledger.InTransit == 0 || !await retry.WaitAsync(null, CancellationToken.None))
            {
                return ledger;
            }
        }
    }
}
