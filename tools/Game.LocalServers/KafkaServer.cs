using System.Diagnostics;
using System.Net.Sockets;

namespace Game.LocalServers;

/// <summary>
/// A Kafka cluster of its own in a temporary folder, on free ports of loopback: one broker that is the controller too, and
/// further brokers beside it. Stopped by process id; the folder goes with it. Needs Java 17 and the libraries of Apache Kafka 4.
/// </summary>
public sealed class KafkaServer : IAsyncDisposable
{
    /// <summary>A folder of Apache Kafka, or its <c>kafka</c> program; <c>KAFKA_HOME</c> is asked after it.</summary>
    public const string Variable = "GAME_KAFKA";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _libraries;
    private readonly string _folder;
    private readonly bool _isKept;
    private readonly int _controllerPort;
    private readonly int _jit;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Broker[] _brokers;
    private string _clusterId = "";

    private KafkaServer(string libraries, int brokers, bool quick, IReadOnlyDictionary<string, string> settings, string? folder)
    {
        _libraries = libraries;
        _jit = quick ? 1 : 4;
        _settings = settings;
        _isKept = folder is not null;
        _folder = folder is not null ? Directory.CreateDirectory(folder).FullName : Directory.CreateTempSubdirectory("game-kafka-").FullName;

        // The brokers' data names their ports: a kept cluster comes back on the same ones.
        var ports = File.Exists(PortsFile) ? [.. File.ReadAllLines(PortsFile).Select(int.Parse)] : new List<int>();
        while (ports.Count < brokers + 1)
        {
            ports.Add(LocalPort.Free());
        }

        File.WriteAllLines(PortsFile, ports.Select(port => $"{port}"));
        _controllerPort = ports[0];
        _brokers = [.. Enumerable.Range(1, brokers).Select(id => new Broker(id, ports[id]))];
    }

    /// <summary>All brokers: <c>host:port</c>, parted by commas.</summary>
    public string BootstrapServers => string.Join(',', _brokers.Select(broker => $"127.0.0.1:{broker.Port}"));

    /// <param name="brokers">How many; the first is the controller and must live for leaders to move.</param>
    /// <param name="settings">Settings of the brokers beyond those that make them small.</param>
    /// <param name="forSpeed">Compile fully: starts slower and runs faster.</param>
    /// <param name="folder">Where the cluster is kept, with the same brokers each time; null: a folder that goes with it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerMissingException">Java or Kafka is not installed.</exception>
    public static async Task<KafkaServer> StartAsync(
        int brokers = 1,
        IReadOnlyDictionary<string, string>? settings = null,
        bool forSpeed = false,
        string? folder = null,
        CancellationToken cancellationToken = default)
    {
        var libraries = FindLibraries() ?? throw new ServerMissingException(
            $"Kafka is missing: set {Variable} or KAFKA_HOME to a folder of Apache Kafka 4 (it holds libs), and install Java 17 or later.");
        var server = new KafkaServer(libraries, brokers, !forSpeed, settings ?? new Dictionary<string, string>(), folder);
        try
        {
            await File.WriteAllTextAsync(server.PathOf("log4j2.properties"), Logging, cancellationToken);
            server._clusterId = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', 'A').Replace('/', 'B');
            for (var broker = 0; broker < brokers; broker++)
            {
                if (!File.Exists(Path.Combine(server.PathOf($"broker{broker}"), "meta.properties")))
                {
                    await server.FormatAsync(broker, cancellationToken);
                }

                await server.RestartAsync(broker, cancellationToken);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The folder of jars, or null if Kafka or Java is missing.</summary>
    public static string? FindLibraries()
    {
        var java = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "java")));
        return java ? Candidates().Select(folder => Path.Combine(folder, "libs")).FirstOrDefault(Directory.Exists) : null;
    }

    /// <summary>Ends a broker without a chance to write anything more (SIGKILL).</summary>
    public async Task KillAsync(int broker = 0)
    {
        if (_brokers[broker].Process is { } process)
        {
            _brokers[broker].Process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Ends a broker in good order (SIGTERM).</summary>
    public async Task StopAsync(int broker = 0)
    {
        if (_brokers[broker].Process is { } process)
        {
            using var term = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await term.WaitForExitAsync();
            await process.WaitForExitAsync();
            process.Dispose();
            _brokers[broker].Process = null;
        }
    }

    /// <summary>
    /// From now on a write beyond so many bytes of a file fails, as on a full disk, until the broker is started again. Linux only.
    /// </summary>
    public async Task LimitFilesAsync(long bytes, int broker = 0)
    {
        using var limit = Process.Start("prlimit", ["--pid", $"{_brokers[broker].Process!.Id}", $"--fsize={bytes}"]);
        await limit.WaitForExitAsync();
        if (limit.ExitCode != 0)
        {
            throw new InvalidOperationException($"prlimit ended with exit code {limit.ExitCode}.");
        }
    }

    /// <summary>Waits until a broker has ended by itself.</summary>
    public Task EndedAsync(int broker = 0, CancellationToken cancellationToken = default) =>
        _brokers[broker].Process!.WaitForExitAsync(cancellationToken);

    /// <summary>Starts a broker over its data; returns when it takes connections.</summary>
    public async Task RestartAsync(int broker = 0, CancellationToken cancellationToken = default)
    {
        await KillAsync(broker);
        var process = Java("kafka.Kafka", PathOf($"broker{broker}.properties"));
        _brokers[broker].Process = process;
        var said = ReadAllAsync(process);
        var started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(_brokers[broker].Port, cancellationToken))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                await KillAsync(broker);
                throw new InvalidOperationException($"Kafka did not start:\n{await said}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Runs one of Kafka's own tools and gives what it says.</summary>
    /// <param name="program">The class, for example <c>org.apache.kafka.tools.ProducerPerformance</c>.</param>
    /// <param name="arguments">The tool's own flags.</param>
    /// <param name="cancellationToken">Ends the tool.</param>
    /// <exception cref="InvalidOperationException">The tool failed.</exception>
    public async Task<string> RunToolAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        using var process = Java(program, [.. arguments]);
        try
        {
            var said = await ReadAllAsync(process).WaitAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program} failed:\n{said}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public async ValueTask DisposeAsync()
    {
        for (var broker = 0; broker < _brokers.Length; broker++)
        {
            await KillAsync(broker);
        }

        if (!_isKept)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string PortsFile => PathOf("ports");

    private const string Logging =
        """
        status = warn
        appender.out.type = Console
        appender.out.name = out
        appender.out.layout.type = PatternLayout
        appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n
        rootLogger.level = error
        rootLogger.appenderRef.out.ref = out
        """;

    /// <summary>Where this finds Kafka: the settings, then the folder <c>shared/kafka</c> beside the repository.</summary>
    private static IEnumerable<string> Candidates()
    {
        foreach (var variable in new[] { Variable, "KAFKA_HOME" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
            {
                yield return File.Exists(given) ? Path.GetDirectoryName(given)! : given;
            }
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared", "kafka");
        }
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<string> ReadAllAsync(Process process)
    {
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        return string.Concat(said);
    }

    private async Task FormatAsync(int broker, CancellationToken cancellationToken)
    {
        var isController = broker == 0;
        var (id, port) = (_brokers[broker].Id, _brokers[broker].Port);
        var settings = new Dictionary<string, string>
        {
            ["process.roles"] = isController ? "broker,controller" : "broker",
            ["node.id"] = $"{id}",
            ["controller.quorum.bootstrap.servers"] = $"127.0.0.1:{_controllerPort}",
            ["controller.listener.names"] = "CONTROLLER",
            ["listeners"] = $"PLAINTEXT://127.0.0.1:{port}" + (isController ? $",CONTROLLER://127.0.0.1:{_controllerPort}" : ""),
            ["advertised.listeners"] = $"PLAINTEXT://127.0.0.1:{port}",
            ["listener.security.protocol.map"] = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            ["log.dirs"] = PathOf($"broker{broker}"),
            ["auto.create.topics.enable"] = "false",
            ["offsets.topic.num.partitions"] = "4",
            ["offsets.topic.replication.factor"] = $"{Math.Min(_brokers.Length, 3)}",
            ["transaction.state.log.replication.factor"] = "1",
            ["transaction.state.log.min.isr"] = "1",
            ["share.coordinator.state.topic.replication.factor"] = "1",
            ["share.coordinator.state.topic.min.isr"] = "1",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["broker.session.timeout.ms"] = "3000",
            ["broker.heartbeat.interval.ms"] = "500",
        };
        foreach (var (name, value) in _settings)
        {
            settings[name] = value;
        }

        var file = PathOf($"broker{broker}.properties");
        await File.WriteAllLinesAsync(file, settings.Select(setting => $"{setting.Key}={setting.Value}"), cancellationToken);
        string[] arguments = ["format", "--cluster-id", _clusterId, "--config", file];
        await RunToolAsync("kafka.tools.StorageTool", isController ? [.. arguments, "--standalone"] : arguments, cancellationToken);
    }

    private Process Java(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(
        "java",
        [
            "-Xms128m", "-Xmx768m", "-XX:+UseG1GC", $"-XX:TieredStopAtLevel={_jit}", "-Djava.awt.headless=true",
            $"-Dlog4j2.configurationFile={PathOf("log4j2.properties")}", "-cp", Path.Combine(_libraries, "*"), program, .. arguments,
        ])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = _folder,
    })!;

    private sealed record Broker(int Id, int Port)
    {
        public Process? Process { get; set; }
    }
}
