using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Game.LocalServers;

/// <summary>
/// A RabbitMQ broker of its own: a new node in a temporary folder, or the one of a folder that is kept, on free ports of loopback, with a port mapper of its own.
/// Stopped by process id; a temporary folder goes with it.
/// </summary>
public sealed partial class RabbitMqServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _program;
    private readonly string _folder;
    private readonly bool _kept;
    private readonly int _distribution = LocalPort.Free();
    private readonly RabbitMqSetup _setup;
    private readonly int _mapperPort;
    private Process? _mapper;
    private Process? _process;

    private RabbitMqServer(string program, string folder, bool kept, RabbitMqSetup setup)
    {
        _program = program;
        _folder = folder;
        _kept = kept;
        _setup = setup;
        _mapperPort = setup.MapperPort ?? LocalPort.Free();
    }

    public int Port { get; } = LocalPort.Free();

    /// <summary>The port for TLS, if the set-up has certificates.</summary>
    public int TlsPort { get; } = LocalPort.Free();

    /// <summary>The port of the mapper by which nodes of a cluster find each other.</summary>
    public int MapperPort => _mapperPort;

    public string NodeName => $"{_setup.Node}@localhost";

    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{Port}/");

    /// <exception cref="ServerMissingException">RabbitMQ is not installed.</exception>
    public static async Task<RabbitMqServer> StartAsync(
        CancellationToken cancellationToken = default, string? folder = null, RabbitMqSetup? setup = null)
    {
        var program = FindProgram() ?? throw new ServerMissingException(
            "RabbitMQ is missing: install it (Debian: apt-get install rabbitmq-server).");
        var server = new RabbitMqServer(
            program,
            folder is null ? Directory.CreateTempSubdirectory("game-rabbitmq-").FullName : Directory.CreateDirectory(folder).FullName,
            kept: folder is not null,
            setup ?? new RabbitMqSetup());
        try
        {
            await File.WriteAllTextAsync(server.PathOf("plugins"), "[].", cancellationToken);
            await File.WriteAllTextAsync(server.PathOf("rabbitmq.conf"), server._setup.Configuration(server.TlsPort), cancellationToken);
            if (server._setup.Cookie is { } cookie)
            {
                var file = server.PathOf(".erlang.cookie");
                await File.WriteAllTextAsync(file, cookie, cancellationToken);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(file, UnixFileMode.UserRead);
                }
            }

            if (server._setup.MapperPort is null)
            {
                server._mapper = server.Start("epmd", "-port", server._mapperPort.ToString());
            }

            await server.RestartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the broker without a chance to write anything more (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>
    /// Ends the broker in good order (SIGTERM). RabbitMQ 3.10 writes down which queues are new only then, or after minutes: a
    /// queue that was declared just before a SIGKILL is lost.
    /// </summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            using var term = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await term.WaitForExitAsync();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <returns>The connections open now, by the names their clients gave.</returns>
    /// <exception cref="InvalidOperationException">The broker's tool failed.</exception>
    public async Task<IReadOnlyList<string>> ListConnectionsAsync(CancellationToken cancellationToken = default)
    {
        var said = await ControlAsync("list_connections", "client_properties").WaitAsync(cancellationToken);
        return
        [
            .. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(properties => ConnectionName().Match(properties).Groups[1].Value),
        ];
    }

    /// <summary>Has the broker's own tool do something.</summary>
    /// <returns>What it said.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        using var tool = Start(Path.Combine(Path.GetDirectoryName(_program)!, "rabbitmqctl"), ["--silent", .. arguments]);
        var said = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        return tool.ExitCode == 0
            ? said.Trim()
            : throw new InvalidOperationException($"rabbitmqctl {arguments[0]} failed with exit code {tool.ExitCode}: {said}");
    }

    /// <summary>Starts the broker over its data; returns when it takes connections.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync();
        var process = Start(_program);
        _process = process;
        var said = new List<string>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            said.Add(line);
            if (line.Contains("Server startup complete", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException($"RabbitMQ did not start:\n{string.Join('\n', said.TakeLast(20))}");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_mapper is { } mapper)
        {
            mapper.Kill();
            await mapper.WaitForExitAsync();
            mapper.Dispose();
        }

        // Helpers of the runtime end by themselves when they notice; until then they may still hold files.
        for (var started = Stopwatch.GetTimestamp(); !_kept && Directory.Exists(_folder);)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>The script behind Debian's wrapper, which would change the user; elsewhere the one on the PATH.</summary>
    private static string? FindProgram()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return new[] { "/usr/lib/rabbitmq/bin" }.Concat(folders)
            .Select(folder => Path.Combine(folder, "rabbitmq-server"))
            .FirstOrDefault(File.Exists);
    }

    [GeneratedRegex("\"connection_name\",\"([^\"]*)\"")]
    private static partial Regex ConnectionName();

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["ERL_EPMD_PORT"] = _mapperPort.ToString(),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = NodeName,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Port.ToString(),
            ["RABBITMQ_DIST_PORT"] = _distribution.ToString(),
            ["RABBITMQ_MNESIA_BASE"] = PathOf("data"),
            ["RABBITMQ_LOG_BASE"] = PathOf("log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = PathOf("pid"),
            ["RABBITMQ_CONFIG_FILE"] = PathOf("rabbitmq"),
            ["RABBITMQ_CONF_ENV_FILE"] = PathOf("rabbitmq-env.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = PathOf("plugins"),
            ["RABBITMQ_PLUGINS_EXPAND_DIR"] = PathOf("expanded"),

            // Makes the script become the broker, so that its process id is the broker's.
            ["RUNNING_UNDER_SYSTEMD"] = "1",

            // Idle schedulers sleep at once: tests share two cores.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        return process;
    }
}
