using System.Net;
using System.Net.Sockets;

namespace Game.LocalServers;

/// <summary>
/// Stands between a client and a server on loopback and lets connections go wrong: cut at once, cut in the middle of what the client
/// sends, slow, or silent, as if the cable were pulled. Safe for concurrent use.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Link> _links = [];
    private readonly Task _accepting;
    private long _cutAfter = long.MaxValue;
    private volatile bool _silent;
    private volatile bool _refusing;

    public FaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>While true, what either side sends is swallowed, and neither hears that anything is wrong.</summary>
    public bool Silent
    {
        get => _silent;
        set => _silent = value;
    }

    /// <summary>While true, nobody gets through.</summary>
    public bool Refusing
    {
        get => _refusing;
        set
        {
            _refusing = value;
            if (value)
            {
                CutAll();
            }
        }
    }

    /// <summary>What clients send passes no faster over each connection; 0: as fast as it can.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>How often a connection was cut because of <see cref="CutAfter"/>.</summary>
    public int Cuts { get; private set; }

    /// <summary>Ends every connection that is open.</summary>
    public void CutAll()
    {
        lock (_links)
        {
            foreach (var link in _links)
            {
                link.Dispose();
            }

            _links.Clear();
        }
    }

    /// <summary>The server hears no more of what clients send over the connections that are open, and goes on sending.</summary>
    public void DeafenAll()
    {
        lock (_links)
        {
            _links.ForEach(link => link.Deaf = true);
        }
    }

    /// <summary>Cuts a connection when clients have sent so many bytes more: likely in the middle of a frame.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAfter, bytes);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            TcpClient? client = null;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_closing.Token);
                if (_refusing)
                {
                    client.Dispose();
                    continue;
                }

                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _target, _closing.Token);
                var link = new Link(client, server);
                lock (_links)
                {
                    _links.Add(link);
                }

                _ = PumpAsync(link, client, server, fromClient: true);
                _ = PumpAsync(link, server, client, fromClient: false);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server is away: the client sees its connection end. Or this proxy ends.
                client?.Dispose();
            }
        }
    }

    private async Task PumpAsync(Link link, TcpClient from, TcpClient to, bool fromClient)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var (source, sink) = (from.GetStream(), to.GetStream());
            int read;
            while ((read = await source.ReadAsync(buffer)) > 0)
            {
                if (_silent || (fromClient && link.Deaf))
                {
                    continue;
                }

                if (fromClient && Interlocked.Add(ref _cutAfter, -read) is var left and < 0)
                {
                    Interlocked.Exchange(ref _cutAfter, long.MaxValue);
                    await sink.WriteAsync(buffer.AsMemory(0, (int)Math.Max(0, read + left)));
                    Cuts++;
                    break;
                }

                await sink.WriteAsync(buffer.AsMemory(0, read));
                if (fromClient && BytesPerSecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)read / BytesPerSecond), _closing.Token);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException
            or OperationCanceledException)
        {
            // One of the two has gone; the other follows.
        }

        link.Dispose();
    }

    private sealed class Link(TcpClient client, TcpClient server) : IDisposable
    {
        public volatile bool Deaf;

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
