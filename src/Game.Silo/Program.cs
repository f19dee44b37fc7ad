using System.CommandLine;
using Game.Broadcast;
using Game.EventStore;
using Game.Grains.Relay;
using Game.Silo;
using Game.Silo.Commands;
using Game.Silo.Settings;
using Game.Streaming.Kafka;

var data = new Option<string?>("--data") { Description = "Folder for everything durable (setting Data)." };
var profile = new Option<string>("--profile")
{
    Description = "Settings: silo-config/{profile}.json.",
    DefaultValueFactory = _ => "embedded",
};
var shards = new Option<int?>("--shards") { Description = "Shards of the game (setting ShardCount)." };
var port = new Option<int?>("--port") { Description = "Port of the gateway (setting Gateway:Port)." };
var managementPort = new Option<int?>("--management-port") { Description = "Port of health, metrics and console (setting Gateway:ManagementPort)." };
var serve = new Command("serve", "Runs the shards, the gateway and the console until SIGTERM or SIGINT.")
{
    profile, data, shards, port, managementPort,
};
serve.SetAction((parsed, _) => ServeCommand.RunAsync(
    parsed.GetRequiredValue(profile),
    new Dictionary<string, string?>
    {
        ["Data"] = parsed.GetValue(data),
        ["ShardCount"] = parsed.GetValue(shards)?.ToString(),
        ["Gateway:Port"] = parsed.GetValue(port)?.ToString(),
        ["Gateway:ManagementPort"] = parsed.GetValue(managementPort)?.ToString(),
    }));

var stream = new Option<string?>("--stream") { Description = "{category}/{key}, for example player/s01.01J…." };
var version = new Option<long?>("--version") { Description = "State after this version." };
var at = new Option<string?>("--at") { Description = "State at this instant, for example 2026-01-31T12:00:00Z." };
var from = new Option<string>("--from") { Description = "Where the events come from: store, or kafka alone.", DefaultValueFactory = _ => ReplayCommand.Store };
var shard = new Option<string?>("--shard") { Description = "The shard, if the key does not name its home." };
var verify = new Option<int?>("--verify") { Description = "Instead: compares what Kafka holds with the stores, every stream at so many random instants." };
var seed = new Option<int?>("--seed") { Description = "Seed of --verify." };
from.AcceptOnlyFromAmong(ReplayCommand.Store, ReplayCommand.Kafka);
verify.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is < 1 or > 10_000)
    {
        result.AddError("--verify must be 1 to 10000.");
    }
});
version.Validators.Add(result =>
{
    if (result.GetValueOrDefault<long?>() is < 1)
    {
        result.AddError("--version must be 1 or more.");
    }
});
var replay = new Command("replay", "Prints an aggregate's state in the past.") { stream, version, at, from, shard, verify, seed, data, profile };
replay.Validators.Add(result =>
{
    if (result.GetValue(version) is not null && result.GetValue(at) is not null)
    {
        result.AddError("Give either --at or --version.");
    }

    if (result.GetValue(stream) is null == result.GetValue(verify) is null)
    {
        result.AddError("Give either --stream or --verify.");
    }
});
replay.SetAction((parsed, cancellationToken) =>
{
    var settings = SettingsReader.Read(parsed.GetRequiredValue(profile), new Dictionary<string, string?> { ["Data"] = parsed.GetValue(data) });
    return parsed.GetValue(verify) is { } instants
        ? VerifyCommand.RunAsync(settings, instants, parsed.GetValue(seed) ?? Random.Shared.Next(), cancellationToken)
        : ReplayCommand.RunAsync(
            settings,
            parsed.GetValue(stream)!,
            parsed.GetValue(shard),
            parsed.GetValue(version),
            parsed.GetValue(at) is { } instant ? ReplayCommand.ParseInstant(instant) : null,
            parsed.GetValue(from)!,
            cancellationToken);
});

var lost = new Option<string[]>("--shard") { Description = "A shard to restore; may be given several times.", Required = true };
var acceptLoss = new Option<bool>("--accept-loss") { Description = "Restores although events after the end of Kafka's log have reached other shards." };
var restore = new Command("restore", "Fills the empty stores of shards with their logs from Kafka.") { lost, acceptLoss, data, profile };
restore.SetAction((parsed, cancellationToken) => RestoreCommand.RunAsync(
    SettingsReader.Read(parsed.GetRequiredValue(profile), new Dictionary<string, string?> { ["Data"] = parsed.GetValue(data) }),
    parsed.GetRequiredValue(lost),
    parsed.GetValue(acceptLoss),
    cancellationToken));

var doctor = new Command("doctor", "Checks the stores of a profile.") { data, profile };
doctor.SetAction((parsed, cancellationToken) => DoctorCommand.RunAsync(
    SettingsReader.Read(parsed.GetRequiredValue(profile), new Dictionary<string, string?> { ["Data"] = parsed.GetValue(data) }),
    cancellationToken));

var migrate = new Command("migrate", "Creates the databases of the shards and brings their schemas up.") { profile };
migrate.SetAction((parsed, cancellationToken) => MigrateCommand.RunAsync(parsed.GetRequiredValue(profile), cancellationToken));

var hours = new Option<double>("--republish-hours") { Description = "How far back the log is published again.", DefaultValueFactory = _ => 24 };
var neighbour = new Option<bool>("--neighbour") { Description = "The shards were not restored themselves, but another one was." };
hours.Validators.Add(result =>
{
    if (result.GetValueOrDefault<double>() is < 0 or > 87_600)
    {
        result.AddError("--republish-hours must be 0 to 87600.");
    }
});
var restored = new Command("restored", "After a restore of databases, while no silo runs: makes the shards fit to run again.") { profile, hours, neighbour };
restored.SetAction((parsed, cancellationToken) => RestoredCommand.RunAsync(
    SettingsReader.Read(parsed.GetRequiredValue(profile), new Dictionary<string, string?>()),
    parsed.GetValue(hours),
    parsed.GetValue(neighbour),
    cancellationToken));

var line = new RootCommand("Orleans.Game: shards, gateway and console in one process.")
{
    serve, replay, restore, migrate, restored, doctor,
}.Parse(args);
if (line.Errors.Count > 0)
{
    foreach (var error in line.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return 2;
}

try
{
    return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception exception) when (exception is StartupException or EventStoreException or BroadcastException or ShardStartException
    or TopicScanException or PublishedLogException or RecordCodecException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
