using System.Runtime.InteropServices;
using System.Text.Json;
using Game.Gateway;
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

        var builder = WebApplication.CreateSlimBuilder();
        using var loggers = LoggerFactory.Create(ToConsole);
        ToConsole(builder.Logging.ClearProviders());

        using var telemetry = OtlpExport.Start(settings.OwnShards);
        using var ending = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, ending);
        using var terminate = OnSignal(PosixSignal.SIGTERM, ending);
        try
        {
            await using var world = await World.StartAsync(settings, data, loggers, ending.Token);
            using var audit = new AuditLog(data.AuditFile);
            await ServeAsync(builder, settings.Gateway, world, audit, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Asked to end while it was starting: what had started has been stopped in order.
        }

        return 0;
    }

    private static async Task ServeAsync(
        WebApplicationBuilder builder, GatewaySettings settings, World world, AuditLog audit, CancellationToken ending)
    {
        await using var app = Build(builder, settings, world, audit);
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

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource ending) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            ending.Cancel();
        });

    private static void ToConsole(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Warning)

        // ASP.NET Core's own key ring protects nothing here: tokens have keys of their own.
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)

        // One dead silo makes each of the others warn of every message to it; the membership tells of the death itself.
        .AddFilter("Orleans", LogLevel.Error)
        .AddFilter("Orleans.Runtime.MembershipService", LogLevel.Warning)
        .AddFilter("Polly", LogLevel.None)

        // What keeps the process from starting is told once, in a sentence.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

    private static WebApplication Build(WebApplicationBuilder builder, GatewaySettings settings, World world, AuditLog audit)
    {
        try
        {
            return builder.AddGameGateway(settings, world, new Operations(world, audit)).Build().MapGameGateway();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"A secret of the gateway cannot be used: {exception.Message}");
        }
    }
}
