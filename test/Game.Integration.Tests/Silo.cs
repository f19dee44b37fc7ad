using System.Reflection;
using System.Security.Cryptography;
using Game.Cli.Run;
using Game.LocalServers;

namespace Game.Integration.Tests;

/// <summary>Starts the real executable on ports and a folder of its own.</summary>
internal sealed class Silo : IDisposable
{
    private readonly Queue<string> _output = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("game-silo-");

    public static string Executable { get; } = typeof(Silo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Silo").Value!;

    /// <summary>Settings of every process started, as environment variables.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>The same over restarts, so that clients find the world again.</summary>
    public int Port { get; } = LocalPort.Free();

    public int ManagementPort { get; } = LocalPort.Free();

    /// <param name="instead">Options and values that replace the usual ones.</param>
    public SiloProcess Start(params ReadOnlySpan<string> instead)
    {
        var options = new Dictionary<string, string>
        {
            ["--data"] = Data,
            ["--port"] = $"{Port}",
            ["--management-port"] = $"{ManagementPort}",
            ["--shards"] = "3",
        };
        for (var i = 0; i < instead.Length; i += 2)
        {
            options[instead[i]] = instead[i + 1];
        }

        return SiloProcess.Start(Executable, ["serve", .. options.SelectMany(option => (string[])[option.Key, option.Value])], Keep, Environment);
    }

    /// <summary>Gives the operator a password, in a file whose path this answers.</summary>
    public async Task<string> SetPasswordAsync()
    {
        var file = Path.Combine(_folder.FullName, "operator.password");
        await File.WriteAllTextAsync(file, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), TestContext.Current.CancellationToken);
        Environment["GAME__Gateway__Operator__PasswordFile"] = file;
        return file;
    }

    /// <summary>What the last processes said.</summary>
    public string Said()
    {
        lock (_output)
        {
            return string.Join('\n', _output);
        }
    }

    public void Dispose()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Said());
        _folder.Delete(recursive: true);
    }

    private void Keep(string line)
    {
        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > 200)
            {
                _output.Dequeue();
            }
        }
    }
}
