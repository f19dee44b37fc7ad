using System.Diagnostics;

namespace Game.Benchmarks;

/// <summary>Pins the process to its first processors until disposed. Linux and Windows.</summary>
public sealed class Affinity : IDisposable
{
    private readonly nint? _previous;

    private Affinity(int processors)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var process = Process.GetCurrentProcess();
            _previous = process.ProcessorAffinity;
            process.ProcessorAffinity = LowestBits(process.ProcessorAffinity, processors);
        }
    }

    public static Affinity Limit(int processors) => new(processors);

    public void Dispose()
    {
        if (_previous is { } previous && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using var process = Process.GetCurrentProcess();
            process.ProcessorAffinity = previous;
        }
    }

    private static nint LowestBits(nint mask, int count)
    {
        nint result = 0;
        for (; count > 0 && mask != 0; count--)
        {
            var lowest = mask & -mask;
            result |= lowest;
            mask &= ~lowest;
        }

        return result;
    }
}
