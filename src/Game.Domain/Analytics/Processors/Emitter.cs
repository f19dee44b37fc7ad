using Game.Domain.Analytics.Windows;

namespace Game.Domain.Analytics.Processors;

/// <summary>Takes what a processor adds to the metrics of the window it is set to. Not thread-safe.</summary>
public sealed class Emitter
{
    private Dictionary<long, Pane> _panes = [];
    private Pane _pane = new();
    private long _minute = long.MinValue;

    public void Count(string name, string dimension = "", long by = 1) => _pane.Get<Counter>(name, dimension).Value += by;

    /// <param name="member"><see cref="Sketches.TextHash"/> of what is counted once.</param>
    public void Distinct(string name, ulong member, string dimension = "") => _pane.Get<Distinct>(name, dimension).Sketch.Add(member);

    /// <param name="value">0 to 10^12.</param>
    public void Measure(string name, long value, string dimension = "") => _pane.Get<Distribution>(name, dimension).Sketch.Add(value);

    public void Alert(string name, Alert alert) => _pane.Get<AlertList>(name).Add(alert);

    /// <summary>Puts what comes next into these panes, by minute.</summary>
    internal void Into(Dictionary<long, Pane> panes, long minute)
    {
        if (minute == _minute && ReferenceEquals(panes, _panes))
        {
            return;
        }

        if (!panes.TryGetValue(minute, out var pane))
        {
            panes.Add(minute, pane = new Pane());
        }

        (_panes, _minute, _pane) = (panes, minute, pane);
    }
}
