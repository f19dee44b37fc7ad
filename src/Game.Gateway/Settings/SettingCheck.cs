using System.Net;
using System.Runtime.CompilerServices;

namespace Game.Gateway;

/// <summary>Gathers what is wrong with one section of the settings, each failure with its full path.</summary>
internal sealed class SettingCheck(string path)
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Range(long value, long least, long most, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least || value > most)
        {
            Fail(name, $"must be {least} to {most}, not {value}");
        }
    }

    public void Address(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!IPAddress.TryParse(value, out _))
        {
            Fail(name, $"must be an IP address, not '{value}'");
        }
    }

    public void Fail(string name, string why) => _failures.Add($"{path}:{name}: {why}.");
}
