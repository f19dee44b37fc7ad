using System.Diagnostics.Metrics;
using Game.Domain.Routing;

namespace Game.Routing;

/// <summary>What the router counts (meter <c>Game.Routing</c>).</summary>
internal sealed class RouterMetrics : IDisposable
{
    private readonly Meter _meter = new("Game.Routing");
    private readonly Counter<long> _messages;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _expired;

    public RouterMetrics(Func<IEnumerable<ChainStatus>> chains, Func<long> spoolBytes)
    {
        _messages = _meter.CreateCounter<long>("game.router.messages", description: "Messages sent, by class and outcome.");
        _recovered = _meter.CreateCounter<long>("game.router.recovered", description: "Messages of the retry spool that went on.");
        _expired = _meter.CreateCounter<long>("game.router.expired", description: "Messages of the retry spool that grew too old.");
        _meter.CreateObservableGauge(
            "game.router.level",
            () => chains().Select(chain => new Measurement<int>((int)chain.Level, Tag("chain", chain.Name))),
            description: "0: primary way, 1: fallback, 2: spool.");
        _meter.CreateObservableGauge(
            "game.router.spooled",
            () => chains().Select(chain => new Measurement<long>(chain.Spooled, Tag("chain", chain.Name))),
            description: "Messages in the retry spool.");
        _meter.CreateObservableGauge("game.router.spool.size", spoolBytes, "By", "Bytes in the retry spool.");
    }

    public void Sent(MessageClass messageClass, RouteOutcome outcome) =>
        _messages.Add(1, Tag("class", messageClass.ToString()), Tag("outcome", outcome.ToString()));

    public void Refused(MessageClass messageClass) => _messages.Add(1, Tag("class", messageClass.ToString()), Tag("outcome", "Refused"));

    public void Recovered(string chain, long messages) => _recovered.Add(messages, Tag("chain", chain));

    public void Expired(string chain, long messages) => _expired.Add(messages, Tag("chain", chain));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
