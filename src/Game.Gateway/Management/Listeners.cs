using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Game.Gateway.Management;

/// <summary>
/// The two listeners. Which one a request came through is a mark on its connection: unlike a Host header nobody outside can
/// set it.
/// </summary>
internal sealed class Listeners
{
    private ListenOptions? _public;
    private ListenOptions? _management;

    /// <summary>Where the public port is bound, once the server runs.</summary>
    public IPEndPoint Public => _public?.IPEndPoint ?? throw NotConfigured();

    /// <summary>Where the management port is bound, once the server runs.</summary>
    public IPEndPoint Management => _management?.IPEndPoint ?? throw NotConfigured();

    public void Configure(KestrelServerOptions kestrel, GatewaySettings settings)
    {
        kestrel.Listen(IPAddress.Parse(settings.Address), settings.Port, options => _public = options);
        kestrel.Listen(IPAddress.Parse(settings.ManagementAddress), settings.ManagementPort, options =>
        {
            _management = options;
            options.Use(next => connection =>
            {
                connection.Features.Set(Mark.Instance);
                return next(connection);
            });
        });
    }

    public static bool IsManagement(HttpContext context) => context.Features.Get<Mark>() is not null;

    private static InvalidOperationException NotConfigured() => new("The server does not listen yet.");

    private sealed class Mark
    {
        public static readonly Mark Instance = new();
    }
}
