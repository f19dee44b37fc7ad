using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Game.Benchmarks.Leaderboards;

/// <summary>
/// A client of Redis' wire protocol (RESP 2) over a Unix socket: commands gather until <see cref="Send"/>, replies are
/// read in their order. Blocking; not thread-safe.
/// </summary>
internal sealed class RespClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private byte[] _output = new byte[1 << 16];
    private byte[] _input = new byte[1 << 16];
    private int _written;
    private int _read;
    private int _received;

    public RespClient(string socketPath)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(socketPath));
    }

    /// <summary>Begins a command of so many arguments, its name included.</summary>
    public void Begin(int arguments)
    {
        EnsureRoom(32);
        WriteHeader((byte)'*', arguments);
    }

    public void Argument(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        EnsureRoom(length + 32);
        WriteHeader((byte)'$', length);
        _written += Encoding.UTF8.GetBytes(text, _output.AsSpan(_written));
        EndLine();
    }

    public void Argument(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        EnsureRoom(length + 32);
        WriteHeader((byte)'$', length);
        digits[..length].CopyTo(_output.AsSpan(_written));
        _written += length;
        EndLine();
    }

    public void Send()
    {
        for (var sent = 0; sent < _written;)
        {
            sent += _socket.Send(_output.AsSpan(sent, _written - sent));
        }

        _written = 0;
    }

    public long ReadInteger() => ReadHeader((byte)':');

    public int ReadArrayLength() => (int)ReadHeader((byte)'*');

    public string ReadText() => Encoding.UTF8.GetString(ReadBulk());

    /// <summary>A score: whole numbers up to 10^15 come in plain digits.</summary>
    public long ReadScore() => Utf8Parser.TryParse(ReadBulk(), out long score, out _)
        ? score
        : throw new InvalidDataException("Redis sent a score that is not a whole number.");

    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> ReadBulk()
    {
        var length = (int)ReadHeader((byte)'$');
        while (_received - _read < length + 2)
        {
            Receive();
        }

        var text = _input.AsSpan(_read, length);
        _read += length + 2;
        return text;
    }

    private long ReadHeader(byte kind)
    {
        int end;
        while ((end = _input.AsSpan(_read, _received - _read).IndexOf((byte)'\n')) < 0)
        {
            Receive();
        }

        var line = _input.AsSpan(_read, end - 1);
        _read += end + 1;
        return line[0] == kind && Utf8Parser.TryParse(line[1..], out long number, out _)
            ? number
            : throw new InvalidDataException($"Redis answered '{Encoding.UTF8.GetString(line)}'.");
    }

    private void Receive()
    {
        // What is left of the input moves to the front, so that a reply is always in one piece.
        _input.AsSpan(_read, _received - _read).CopyTo(_input);
        _received -= _read;
        _read = 0;
        if (_received == _input.Length)
        {
            Array.Resize(ref _input, _input.Length * 2);
        }

        var count = _socket.Receive(_input.AsSpan(_received));
        if (count == 0)
        {
            throw new EndOfStreamException("Redis closed the connection.");
        }

        _received += count;
    }

    private void WriteHeader(byte kind, int number)
    {
        _output[_written++] = kind;
        Utf8Formatter.TryFormat(number, _output.AsSpan(_written), out var length);
        _written += length;
        EndLine();
    }

    private void EndLine()
    {
        _output[_written++] = (byte)'\r';
        _output[_written++] = (byte)'\n';
    }

    private void EnsureRoom(int bytes)
    {
        if (_written + bytes > _output.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _written + bytes));
        }
    }
}
