using Game.Broadcast;
using Game.Broadcast.InProcess;
using Game.Broadcast.RabbitMq;
using Game.Silo.Settings;

namespace Game.Silo;

/// <summary>The bus as the settings want it.</summary>
internal static partial class ShardBus
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    /// <exception cref="BroadcastException">The broker does not answer in time or refuses the user; the bus's file cannot be used.</exception>
    public static async Task<IBroadcastBus> OpenAsync(
        SiloSettings settings, DataFolder data, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!settings.RabbitMq.IsUsed)
        {
            return InProcessBus.Open(new InProcessBusOptions { Path = data.BusFile }, TimeProvider.System, loggers.CreateLogger<InProcessBus>());
        }

        var options = new RabbitMqOptions
        {
            Nodes = settings.RabbitMq.Nodes,
            ReadNodes = () => settings.RabbitMq.Nodes,
            CaFile = settings.RabbitMq.CaFile,
            ClientCertificateFile = settings.RabbitMq.ClientCertificateFile,
            ClientKeyFile = settings.RabbitMq.ClientKeyFile,
            ClientName = $"game {string.Join(',', settings.OwnShards)} {Environment.MachineName}",
        };
        var patience = new StartPatience(settings.RabbitMq.WaitSeconds);
        while (true)
        {
            try
            {
                return await RabbitMqBus.OpenAsync(options, TimeProvider.System, loggers.CreateLogger<RabbitMqBus>(), cancellationToken);
            }
            catch (BroadcastException exception) when (!IsRefusal(exception))
            {
                var left = patience.Left;
                if (left <= TimeSpan.Zero)
                {
                    throw;
                }

                LogWaiting(loggers.CreateLogger(nameof(ShardBus)), exception.Message.TrimEnd('.'), left.TotalSeconds);
                await Task.Delay(BetweenAttempts, cancellationToken);
            }
        }
    }

    /// <summary>A wrong password stays wrong.</summary>
    private static bool IsRefusal(BroadcastException exception) => exception.Message.Contains("ACCESS_REFUSED", StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for the broker: {Reason}. Giving up in {Seconds:F0} s.")]
    private static partial void LogWaiting(ILogger logger, string reason, double seconds);
}
