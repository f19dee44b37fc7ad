using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Game.Gateway;
using Game.Gateway.Management;
using Game.Gateway.Tokens;
using Game.Silo.Kafka;
using Game.Silo.Settings;
using Game.Silo.Telemetry;

namespace Game.Silo.Commands;

/// <summary>Runs the world and its gateway until the process is asked to end.</summary>
internal static class ServeCommand
{
    /// <returns>0 after an orderly end.</returns>
    /// <exception cref="StartupException">Settings, data folder or a port cannot be used.</exception>
    public static async Task<int> RunAsync(string profile, IReadOnlyDictionary<string, string?> flags)
    {
        var settings = SettingsReader.Read(profile, flags);
        using var data = DataFolder.Open(settings.Data);
        if (settings.Gateway.Tokens.Key is null)
        {
            settings.Gateway.Tokens.KeyFile ??= data.KeyFile;
        }

        CheckKeys(settings.Gateway.Tokens);
        var builder = WebApplication.CreateSlimBuilder();
        await using var kafka = KafkaLink.Open(settings, LoggerFactory.Create(SiloLog.Configure));
        using var loggers = LoggerFactory.Create(logging => Log(logging, kafka));
        Log(builder.Logging.ClearProviders(), kafka);

        using var telemetry = OtlpExport.Start(settings.OwnShards);
        using var ending = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, ending);
        using var terminate = OnSignal(PosixSignal.SIGTERM, ending);
        try
        {
            CheckPort(settings.Gateway);
            await using var probes = await ProbeAsync(settings.Gateway, ending.Token);
            await using var world = await World.StartAsync(settings, data, loggers, kafka?.Events, ending.Token);
            using var audit = new AuditLog(data.AuditFile);
            await ServeAsync(builder, settings.Gateway, world, audit, probes, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Asked to end while it was starting: what had started has been stopped in order.
        }

        return 0;
    }

    private static async Task ServeAsync(
        WebApplicationBuilder builder,
        GatewaySettings settings,
        World world,
        AuditLog audit,
        StartingProbes? probes,
        CancellationToken ending)
    {
        var operations = new Operations(world, audit);
        await using var app = Build(builder, settings, world, operations);
        await using var watch = new ShardWatch(operations);
        if (probes is not null)
        {
            await probes.DisposeAsync();
        }

        try
        {
            await app.StartAsync(ending);
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"The gateway cannot listen on port {settings.Port} and the management on {settings.ManagementPort}: {exception.Message} Choose others with --port and --management-port.");
        }

        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        Console.WriteLine("ready: " + JsonSerializer.Serialize(
            new { gateway = addresses.Public, management = addresses.Management, shards = world.Shards }));
        await app.WaitForShutdownAsync(CancellationToken.None);
    }

    /// <summary>The gateway listens last: a port that is taken would stop shards that have just joined their clusters.</summary>
    private static void CheckPort(GatewaySettings settings)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(settings.Address), settings.Port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new StartupException(
                $"The gateway cannot listen on port {settings.Port} of {settings.Address}: {exception.Message}. Choose another with --port.");
        }
    }

    private static async Task<StartingProbes?> ProbeAsync(GatewaySettings settings, CancellationToken ending)
    {
        try
        {
            return await StartingProbes.StartAsync(settings, ending);
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"The management cannot listen on port {settings.ManagementPort}: {exception.Message} Choose another with --management-port.");
        }
    }

    /// <summary>Before anything starts: a key that cannot be had, or made, is found out at once.</summary>
    private static void CheckKeys(TokenSettings tokens)
    {
        try
        {
            SigningKeys.Load(tokens);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Gateway:Tokens:KeyFile: the signing key cannot be read or made: {exception.Message}");
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource ending) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            ending.Cancel();
        });

    private static void Log(ILoggingBuilder logging, KafkaLink? kafka)
    {
        SiloLog.Configure(logging);
        kafka?.AddTo(logging);
    }

    private static WebApplication Build(WebApplicationBuilder builder, GatewaySettings settings, World world, Operations operations)
    {
        try
        {
            return builder.AddGameGateway(settings, world, operations).Build().MapGameGateway();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"A secret of the gateway cannot be used: {exception.Message}");
        }
    }
}
