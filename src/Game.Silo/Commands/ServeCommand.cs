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
        await using var world = await World.StartAsync(settings, data, loggers, CancellationToken.None);
        await using var app = Build(builder, settings.Gateway, world);
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"The gateway cannot listen on port {settings.Gateway.Port} and the management on {settings.Gateway.ManagementPort}: {exception.Message} Choose others with --port and --management-port.");
        }

        var addresses = app.Services.GetRequiredService<GatewayAddresses>();
        Console.WriteLine("ready: " + JsonSerializer.Serialize(
            new { gateway = addresses.Public, management = addresses.Management, shards = world.Shards }));
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static void ToConsole(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Warning)

        // ASP.NET Core's own key ring protects nothing here: tokens have keys of their own.
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)

        // Notes about settings that are meant to be so.
        .AddFilter("Orleans.Runtime.Silo", LogLevel.Error)
        .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)

        // What keeps the process from starting is told once, in a sentence.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

    private static WebApplication Build(WebApplicationBuilder builder, GatewaySettings settings, World world)
    {
        try
        {
            return builder.AddGameGateway(settings, world, new Operations(world)).Build().MapGameGateway();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"A secret of the gateway cannot be used: {exception.Message}");
        }
    }
}
