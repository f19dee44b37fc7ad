using System.Net.Sockets;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>A connection's socket whose writes are gathered.</summary>
internal sealed class GatheringClient(Socket socket) : TcpClientAdapter(socket)
{
    public static GatheringClient Create(AddressFamily family) => new(new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public override NetworkStream GetStream() => new GatheringStream(Client);
}
