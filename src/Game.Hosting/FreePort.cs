using System.Net;
using System.Net.Sockets;

namespace Game.Hosting;

/// <summary>
/// Ports of loopback for servers that are told their port. The kernel's own choice (port 0) lies among the ports that it gives to
/// outgoing connections too: until the server listens, or while it is away, any client may be given the same one. Those begin
/// at 32768 on Linux and at 49152 elsewhere. Safe for concurrent use.
/// </summary>
internal sealed class FreePort
{
    private readonly int _first;
    private readonly int _count;
    private int _next;

    private FreePort(int first, int end)
    {
        (_first, _count) = (first, end - first);
        _next = Random.Shared.Next(_count);
    }

    /// <summary>For servers whose port is told to others before they listen, or stays theirs while they are away.</summary>
    public static FreePort OfServers { get; } = new(20_000, 32_768);

    /// <summary>For what a silo listens on within its own process: none that a server which is away counts on.</summary>
    public static FreePort OfSilos { get; } = new(12_000, 20_000);

    /// <summary>A port that nobody listens on now, and that this process has not been given lately.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public int Take()
    {
        for (var attempt = 0; attempt < _count; attempt++)
        {
            var port = _first + (int)((uint)Interlocked.Increment(ref _next) % _count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port of {_first} to {_first + _count - 1} is free.");
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
