using System.CommandLine;
using Game.Cli.Load;
using Game.Cli.Run;

var silo = new Option<string>("--silo") { Description = "Path of Game.Silo.dll.", Required = true };
var shards = Number("--shards", 3, 1, 100, "Shards of the world.");
var bots = Number("--bots", 60, 0, 5000, "Players driven by programs; 0 leaves the world to you.");
var port = Number("--port", 8080, 0, 65535, "Port of the gateway.");
var managementPort = Number("--management-port", 8081, 0, 65535, "Port of health, metrics and console (loopback).");
var data = new Option<string>("--data") { Description = "Folder for everything durable.", DefaultValueFactory = _ => "data" };
var profile = new Option<string>("--profile") { Description = "Settings: silo-config/{profile}.json.", DefaultValueFactory = _ => "embedded" };
var length = new Option<int?>("--for") { Description = "Seconds to play; without it until interrupted." };
length.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is < 1)
    {
        result.AddError("--for must be 1 or more seconds.");
    }
});

var silos = Number("--silos", 1, 1, 9, "Silo processes a shard (profile cluster).");
var processes = Number("--processes", 1, 1, 100, "Silo processes that share the shards (profile brokers).");
var joinLate = new Option<bool>("--join-late") { Description = "One shard more starts in a process of its own while the others play (profile brokers)." };
var killEvery = Every("--kill-every", "kill -9 of a random silo process, which is started again");
var rollEvery = Every("--roll-every", "restarts of silo processes in good order, one after the other");
var killDatabaseEvery = Every("--kill-database-every", "kill -9 of PostgreSQL, which is started again");
var killBrokerEvery = Every("--kill-broker-every", "kill -9 of RabbitMQ, which is started again");

var run = new Command("run", "Starts a world and bots that fight guild wars in it.")
{
    silo, shards, bots, port, managementPort, data, profile, length, silos, processes, joinLate, killEvery, rollEvery,
    killDatabaseEvery, killBrokerEvery,
};
run.SetAction((parsed, _) => RunCommand.RunAsync(new RunOptions(
    parsed.GetRequiredValue(silo),
    parsed.GetValue(shards),
    parsed.GetValue(bots),
    parsed.GetValue(port),
    parsed.GetValue(managementPort),
    parsed.GetRequiredValue(data),
    parsed.GetRequiredValue(profile),
    Seconds(parsed, length),
    parsed.GetValue(silos),
    parsed.GetValue(processes),
    parsed.GetValue(joinLate),
    new Faults(Seconds(parsed, killEvery), Seconds(parsed, rollEvery), Seconds(parsed, killDatabaseEvery), Seconds(parsed, killBrokerEvery)))));
run.Validators.Add(result =>
{
    Option<int?>[] faults = [killEvery, rollEvery, killDatabaseEvery, killBrokerEvery];
    if (result.GetValue(profile) != "cluster" && (result.GetValue(silos) > 1 || faults.Any(fault => result.GetValue(fault) is not null)))
    {
        result.AddError($"--silos, {string.Join(", ", faults.Select(fault => fault.Name))} need --profile cluster.");
    }

    if (result.GetValue(profile) != "brokers" && result.GetValue(processes) > 1)
    {
        result.AddError("--processes needs --profile brokers.");
    }

    if (result.GetValue(joinLate) && (result.GetValue(profile) != "brokers" || result.GetValue(processes) < 2 || result.GetValue(bots) == 0))
    {
        result.AddError("--join-late needs --profile brokers, --processes 2 or more, and bots.");
    }

    if (result.GetValue(processes) > result.GetValue(shards))
    {
        result.AddError("--processes must be at most --shards: each runs at least one.");
    }
});

var address = Address("Where the gateway takes sessions.", "ws://127.0.0.1:8080/v1/session", "ws", "wss");
var token = new Option<string>("--token") { Description = "Access token of a signed-in player.", Required = true };
var session = new Command("session", "A WebSocket session by hand: lines of standard input are frames.") { address, token };
session.SetAction((parsed, cancellationToken) =>
    SessionCommand.RunAsync(parsed.GetRequiredValue(address), parsed.GetRequiredValue(token), cancellationToken));

var gateways = new Option<string[]>("--url") { Description = "A gateway, for example http://127.0.0.1:8080; several spread the players.", Required = true };
gateways.Validators.Add(result =>
{
    if (result.Tokens.Any(url => !Uri.TryCreate(url.Value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")))
    {
        result.AddError("--url must be an http or https address.");
    }
});
var players = Number("--players", 50, 2, 5000, "Players who sign in.");
var seconds = Number("--for", 30, 1, 3600, "Seconds of load.");
var rate = new Option<int?>("--rate") { Description = "Operations a second of all players together (2 a player)." };
rate.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is < 1 or > 100_000)
    {
        result.AddError("--rate must be 1 to 100000.");
    }
});
var load = new Command("load", "Load on a running world; latencies by operation, free of coordinated omission.") { gateways, players, seconds, rate };
load.SetAction((parsed, cancellationToken) => LoadCommand.RunAsync(
    new LoadOptions(
        [.. parsed.GetRequiredValue(gateways).Select(url => new Uri(url))],
        parsed.GetValue(players),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(rate) ?? (2 * parsed.GetValue(players))),
    cancellationToken));

var action = new Argument<string>("action") { Description = "list, show, replay or discard." };
action.AcceptOnlyFromAmong("list", "show", "replay", "discard");
var management = Address("The management port.", "http://127.0.0.1:8081", "http", "https");
var queue = new Option<string?>("--queue") { Description = "The queue, for example game.events.s01; list goes without." };
var letter = new Option<long?>("--id") { Description = "The letter's number in its queue." };
var deadLetters = new Command("deadletters", "Messages that were given up on.") { action, management, queue, letter };
deadLetters.Validators.Add(result =>
{
    if (result.GetValue(action) is "show" or "replay" or "discard" && (result.GetValue(queue) is null || result.GetValue(letter) is null))
    {
        result.AddError($"deadletters {result.GetValue(action)} needs --queue and --id.");
    }
});
deadLetters.SetAction((parsed, cancellationToken) => DeadLettersCommand.RunAsync(
    parsed.GetRequiredValue(action), parsed.GetRequiredValue(management), parsed.GetValue(queue), parsed.GetValue(letter), cancellationToken));

var step = new Argument<string>("action") { Description = "list, recompute, switch or retire." };
step.AcceptOnlyFromAmong("list", "recompute", "switch", "retire");
var since = new Option<string?>("--from") { Description = "A day in UTC, as in 2026-03-01: from when on windows are computed again." };
var switches = new Option<bool>("--switch") { Description = "Switches over when it is complete." };
var generation = new Option<int?>("--generation") { Description = "Which; switch without it takes the newest that is complete." };
var analytics = new Command("analytics", "Generations of the analytics: computes one again from a chosen time on, and switches over.")
{
    step, management, since, switches, generation,
};
analytics.Validators.Add(result =>
{
    var what = result.GetValue(step);
    if (what == "recompute" != (result.GetValue(since) is not null))
    {
        result.AddError("analytics recompute needs --from, and nothing else takes it.");
    }

    if (result.GetValue(switches) && what != "recompute")
    {
        result.AddError("--switch is for analytics recompute.");
    }

    if ((what == "retire" && result.GetValue(generation) is null) || (what is "list" or "recompute" && result.GetValue(generation) is not null))
    {
        result.AddError("analytics retire needs --generation, analytics switch may have it.");
    }
});
analytics.SetAction((parsed, cancellationToken) => new AnalyticsCommand(parsed.GetRequiredValue(management), Console.Out, Console.Error).RunAsync(
    parsed.GetRequiredValue(step), parsed.GetValue(since), parsed.GetValue(switches), parsed.GetValue(generation), cancellationToken));

var root = new RootCommand("Plays Orleans.Game over its public API.") { run, session, load, deadLetters, analytics };
var parsedLine = root.Parse(args);
if (parsedLine.Errors.Count > 0)
{
    foreach (var error in parsedLine.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return 2;
}

// Signals are the command's own business: a run drains before it ends.
return await parsedLine.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static TimeSpan? Seconds(ParseResult parsed, Option<int?> option) =>
    parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

static Option<int?> Every(string name, string what)
{
    var option = new Option<int?>(name) { Description = $"Seconds between {what} (profile cluster)." };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() is < 1)
        {
            result.AddError($"{name} must be 1 or more seconds.");
        }
    });
    return option;
}

static Option<Uri> Address(string description, string usual, params string[] schemes) => new("--url")
{
    Description = description,
    DefaultValueFactory = _ => new Uri(usual),
    CustomParser = result =>
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme))
        {
            return uri;
        }

        result.AddError($"--url must be an address that begins with {string.Join(":// or ", schemes)}://.");
        return null;
    },
};

static Option<int> Number(string name, int value, int min, int max, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var given && (given < min || given > max))
        {
            result.AddError($"{name} must be {min} to {max}, not {given}.");
        }
    });
    return option;
}
