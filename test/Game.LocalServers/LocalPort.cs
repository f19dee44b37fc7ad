using System.Net;
using System.Net.Sockets;

namespace Game.LocalServers;

public static class LocalPort
{
    /// <summary>A port of loopback nobody listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
