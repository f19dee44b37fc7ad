using System.ComponentModel;
using System.Diagnostics;

namespace Game.Benchmarks.Leaderboards;

/// <summary>A Redis server of its own on a Unix socket in a temporary folder, without persistence; killed when disposed.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private RedisServer(Process process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    public string SocketPath => Path.Combine(_folder.FullName, "redis.sock");

    /// <returns>Null if no redis-server is installed.</returns>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    public static RedisServer? TryStart()
    {
        var folder = Directory.CreateTempSubdirectory("game-bench-");
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
        string[] arguments =
            ["--port", "0", "--unixsocket", Path.Combine(folder.FullName, "redis.sock"), "--save", "", "--appendonly", "no", "--daemonize", "no"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            folder.Delete(recursive: true);
            return null;
        }

        var server = new RedisServer(process, folder);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("eady to accept connections", StringComparison.Ordinal))
            {
                return server;
            }
        }

        server.Dispose();
        throw new InvalidOperationException("redis-server ended before it was ready.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
