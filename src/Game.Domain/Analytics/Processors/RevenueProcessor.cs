using Game.Contracts.Analytics;
using Game.Domain.Analytics.Encoding;
using Game.Domain.Analytics.Sketches;

namespace Game.Domain.Analytics.Processors;

/// <summary>
/// Money: in minor units, each currency by itself, never converted. A payment counts once, by its id, also if it comes again
/// after others.
/// </summary>
public sealed class RevenueProcessor : Processor
{
    public const string Gross = "gross";
    public const string Refunds = "refunds";
    public const string GrossByProduct = "gross_by_product";
    public const string RefundsByProduct = "refunds_by_product";
    public const string GrossByCohort = "gross_by_cohort";
    public const string RefundsByCohort = "refunds_by_cohort";
    public const string Purchases = "purchases";
    public const string Subscriptions = "subscriptions";
    public const string Payers = "payers";
    public const string PayersByCohort = "payers_by_cohort";
    public const string ActiveByCohort = "players_by_cohort";
    public const string Active = "active_players";

    public const char Separator = '|';

    public override string Name => "revenue";

    public override IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new(Gross, MetricKind.Count, "minor units", "Purchases and subscriptions, before refunds.", "currency"),
        new(Refunds, MetricKind.Count, "minor units", "Given back, counted when it was.", "currency"),
        new(GrossByProduct, MetricKind.Count, "minor units", "Gross by product.", "currency|product"),
        new(RefundsByProduct, MetricKind.Count, "minor units", "Refunds by product.", "currency|product"),
        new(GrossByCohort, MetricKind.Count, "minor units", "Gross by the month players registered.", "currency|cohort"),
        new(RefundsByCohort, MetricKind.Count, "minor units", "Refunds by the month players registered.", "currency|cohort"),
        new(Purchases, MetricKind.Count, "purchases", "Payments by product.", "product"),
        new(Subscriptions, MetricKind.Count, "subscriptions", "Subscriptions started, renewed and ended, by product.", "product|change"),
        new(Payers, MetricKind.Distinct, "players", "Players who paid, by currency; without one: in any.", "currency"),
        new(PayersByCohort, MetricKind.Distinct, "players", "Players who paid, by the month they registered.", "cohort"),
        new(Active, MetricKind.Distinct, "players", "Players who did anything: what revenue a player is measured by."),
        new(ActiveByCohort, MetricKind.Distinct, "players", "The same by the month they registered.", "cohort", DailyOnly: true),
    ];

    public override Memory NewPlayerMemory() => new Payments();

    public override void Process(ActionContext context, Emitter emit)
    {
        var action = context.Action;
        if (context.Plays)
        {
            emit.Distinct(Active, context.PlayerHash);
            emit.Distinct(ActiveByCohort, context.PlayerHash, Cohorts.MonthOf(action.Player));
        }

        if (action.Kind is not (ActionKind.Purchased or ActionKind.SubscriptionStarted or ActionKind.SubscriptionRenewed
                or ActionKind.Refunded or ActionKind.SubscriptionEnded)
            || !((Payments)context.Player!).IsNew(TextHash.Of(action.Id)))
        {
            return;
        }

        switch (action.Kind)
        {
            case ActionKind.Refunded:
                Money(emit, action, Refunds, RefundsByProduct, RefundsByCohort);
                return;
            case ActionKind.SubscriptionEnded:
                emit.Count(Subscriptions, $"{action.Product}{Separator}ended");
                return;
            case ActionKind.SubscriptionStarted:
                emit.Count(Subscriptions, $"{action.Product}{Separator}started");
                break;
            case ActionKind.SubscriptionRenewed:
                emit.Count(Subscriptions, $"{action.Product}{Separator}renewed");
                break;
        }

        Money(emit, action, Gross, GrossByProduct, GrossByCohort);
        emit.Count(Purchases, action.Product!);
        emit.Distinct(Payers, context.PlayerHash);
        emit.Distinct(Payers, context.PlayerHash, action.Currency!);
        emit.Distinct(PayersByCohort, context.PlayerHash, Cohorts.MonthOf(action.Player));
    }

    private static void Money(Emitter emit, PlayerAction action, string total, string byProduct, string byCohort)
    {
        var amount = action.Amount!.Value;
        emit.Count(total, action.Currency!, amount);
        emit.Count(byProduct, $"{action.Currency}{Separator}{action.Product}", amount);
        emit.Count(byCohort, $"{action.Currency}{Separator}{Cohorts.MonthOf(action.Player)}", amount);
    }

    /// <summary>The ids of the player's newest payments.</summary>
    private sealed class Payments : Memory
    {
        private const int Kept = 16;

        private readonly List<ulong> _ids = [];

        public bool IsNew(ulong id)
        {
            if (_ids.Contains(id))
            {
                return false;
            }

            _ids.Add(id);
            if (_ids.Count > Kept)
            {
                _ids.RemoveAt(0);
            }

            return true;
        }

        public override void Write(ByteWriter writer)
        {
            writer.WriteVarint(_ids.Count);
            _ids.ForEach(writer.WriteHash);
        }

        public override void Read(ref ByteReader reader)
        {
            for (var left = reader.ReadCount(); left > 0; left--)
            {
                _ids.Add(reader.ReadHash());
            }
        }
    }
}
