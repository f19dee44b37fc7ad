using System.Collections.Concurrent;
using System.Globalization;
using Game.Cli.Play;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Game.Cli.Run;

/// <summary>The world on the terminal: a live picture on a tty, plain lines elsewhere. Safe for concurrent use.</summary>
public sealed class View : IAsyncDisposable
{
    private const int LinesKept = 8;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    private readonly Happenings _happenings;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly bool _live;
    private readonly Task _drawing;
    private (DateTime At, long Requests, long Strikes, long Pushes) _last;
    private (double Requests, double Strikes, double Pushes) _rates;

    private View(Happenings happenings, bool live)
    {
        _happenings = happenings;
        _live = live;
        _last = (DateTime.UtcNow, 0, 0, 0);
        happenings.Told += Line;
        _drawing = live ? DrawAsync() : ReportAsync();
    }

    public IReadOnlyList<string> Shards { get; set; } = [];

    public static View Start(Happenings happenings) => new(happenings, !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive);

    public void Line(string line)
    {
        if (_live && !_closing.IsCancellationRequested)
        {
            _lines.Enqueue(line);
            while (_lines.Count > LinesKept)
            {
                _lines.TryDequeue(out _);
            }
        }
        else
        {
            Console.WriteLine(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _drawing;
    }

    private async Task ReportAsync()
    {
        while (await NextAsync(PlainInterval))
        {
            if (_happenings.Requests > 0)
            {
                Measure();
                Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_happenings.Players.Values.Sum()} players, {_rates.Requests:0} requests/s, {_rates.Strikes:0} strikes/s, {_rates.Pushes:0} pushes/s{Score()}"));
            }
        }
    }

    private Task DrawAsync() => AnsiConsole.Live(new Text("")).AutoClear(false).StartAsync(async context =>
    {
        do
        {
            Measure();
            context.UpdateTarget(Picture());
        }
        while (await NextAsync(Refresh));
        context.UpdateTarget(Picture());
    });

    private async Task<bool> NextAsync(TimeSpan interval)
    {
        await Task.Delay(interval, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_closing.IsCancellationRequested;
    }

    private void Measure()
    {
        var now = (At: DateTime.UtcNow, _happenings.Requests, _happenings.Strikes, _happenings.Pushes);
        var seconds = (now.At - _last.At).TotalSeconds;
        if (seconds > 0.9)
        {
            _rates = (
                (now.Requests - _last.Requests) / seconds,
                (now.Strikes - _last.Strikes) / seconds,
                (now.Pushes - _last.Pushes) / seconds);
            _last = now;
        }
    }

    private string Score() => _happenings.Scoreboard is { } board && _happenings.War is { } war && war.Id == board.WarId
        ? $"; {war.AttackerName} {board.Total.Attacker} : {board.Total.Defender} {war.DefenderName}, {TimeLeft(war.EndsAt)}"
        : "";

    private static string TimeLeft(DateTimeOffset? endsAt) => endsAt is { } end && end > DateTimeOffset.UtcNow
        ? $"{(end - DateTimeOffset.UtcNow).TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s left"
        : "over";

    private Rows Picture()
    {
        var war = _happenings.War;
        var board = _happenings.Scoreboard is { } newest && newest.WarId == war?.Id ? newest : null;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("shard", "players", war?.AttackerName ?? "attacker", war?.DefenderName ?? "defender");
        foreach (var shard in Shards)
        {
            var points = board?.Shards.FirstOrDefault(front => front.Shard == shard)?.Points;
            table.AddRow(shard, $"{_happenings.Players.GetValueOrDefault(shard)}", $"{points?.Attacker}", $"{points?.Defender}");
        }

        if (board is not null)
        {
            table.AddRow("[bold]all[/]", "", $"[bold]{board.Total.Attacker}[/]", $"[bold]{board.Total.Defender}[/]");
        }

        var rates = string.Create(
            CultureInfo.InvariantCulture,
            $"{_rates.Requests:0} requests/s   {_rates.Strikes:0} strikes/s   {_rates.Pushes:0} pushes/s{(war is null ? "" : $"   war: {TimeLeft(war.EndsAt)}")}");
        return new Rows([table, new Text(rates), .. _lines.Select(line => (IRenderable)new Text(line))]);
    }
}
