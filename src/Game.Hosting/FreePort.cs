using System.Net;
using System.Net.Sockets;

namespace Game.Hosting;

/// <summary>
/// Ports of loopback for servers that are told their port. The kernel's own choice (port 0) lies among the ports that it gives to
/// outgoing connections too: until the server listens, or while it is away, any client may be given the same one. Those begin
/// at 32768 on Linux and at 49152 elsewhere. Safe for concurrent use.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Count = 32_768 - First;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on now, and that this process has not been given lately.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static int Take()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port of {First} to {First + Count - 1} is free.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
