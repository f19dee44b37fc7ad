using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Game.Simulation.Tests;

/// <summary>Everything that happens, a line each: hashed whole, the last lines kept for a failure's report.</summary>
internal sealed class Trace(TimeProvider clock, TextWriter? copy) : IDisposable
{
    private const int Kept = 60;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<string> _last = new();

    public long Lines { get; private set; }

    public void Add(FormattableString text)
    {
        var line = $"{clock.GetUtcNow():HH:mm:ss.fffffff} {text.ToString(CultureInfo.InvariantCulture)}";
        _hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        copy?.WriteLine(line);
        Lines++;
        _last.Enqueue(line);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }
    }

    public string Hash() => Convert.ToHexString(_hash.GetCurrentHash());

    public string Tail() => string.Join('\n', _last);

    public void Dispose() => _hash.Dispose();
}
