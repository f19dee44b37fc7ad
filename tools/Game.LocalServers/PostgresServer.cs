using System.Diagnostics;
using Npgsql;

namespace Game.LocalServers;

/// <summary>
/// A PostgreSQL server of its own: a new cluster in a temporary folder, or the one of a folder that is kept, on a free port of loopback, with the server's default
/// durability. Stopped by process id; a temporary folder goes with it. PostgreSQL refuses to run as root, so root starts it as user
/// postgres.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "game";

    /// <summary>100 shards of one machine with ten connections each, and those of clusters and operators.</summary>
    private const int MaxConnections = 1200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _programs;
    private readonly string _folder;
    private readonly bool _kept;
    private Process? _process;
    private int _databases;

    private PostgresServer(string programs, string folder, bool kept, int port)
    {
        _programs = programs;
        _folder = folder;
        _kept = kept;
        Port = port;
    }

    public int Port { get; }

    /// <exception cref="ServerMissingException">PostgreSQL is not installed.</exception>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default, string? folder = null)
    {
        var programs = FindPrograms() ?? throw new ServerMissingException(
            "PostgreSQL is missing: install it (Debian: apt-get install postgresql), or put its programs on the PATH.");
        var kept = folder is not null;
        folder = kept ? Directory.CreateDirectory(folder!).FullName : Directory.CreateTempSubdirectory("game-postgres-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        var server = new PostgresServer(programs, folder, kept, LocalPort.Free());
        try
        {
            if (!Directory.Exists(server.Data))
            {
                await server.InitializeAsync(cancellationToken);
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

    /// <summary>A process keeps at most ten connections to a database, as operators are told to set it: a server has several shards of several silos.</summary>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Maximum Pool Size=10;Timeout=60;Include Error Detail=true";

    /// <returns>The connection string of a new, empty database.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = $"game{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return ConnectionString(name);
    }

    /// <summary>Makes a user whom the server lets in with a password only; everybody else needs none.</summary>
    public async Task RequirePasswordAsync(string user, string password, CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false");
        await using var command = source.CreateCommand(
            $"""
            CREATE ROLE {user} LOGIN PASSWORD '{password}';
            DO $$ BEGIN EXECUTE format(
                'COPY (SELECT * FROM unnest(ARRAY[''host all {user} 127.0.0.1/32 scram-sha-256'', ''host all all 127.0.0.1/32 trust''])) TO %L',
                current_setting('hba_file')); END $$;
            SELECT pg_reload_conf();
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var stranger = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Username = user, Password = password + "!", Pooling = false }.ToString());
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(50, cancellationToken))
        {
            try
            {
                await using var open = await stranger.OpenConnectionAsync(cancellationToken);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                return;
            }
        }

        throw new InvalidOperationException("The server did not take its new rules.");
    }

    /// <summary>Ends the server without a chance to write anything more (SIGKILL to its main process).</summary>
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

    /// <summary>Starts the server over its data; returns when it takes connections.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process is null or { HasExited: true })
            {
                // Processes of a server that was killed may still hold its memory: then it ends at once and is started again.
                _process?.Dispose();
                _process = Start("postgres", "-D", Data, "-k", _folder, "-p", Port.ToString(), "-c", "listen_addresses=127.0.0.1", "-c", $"max_connections={MaxConnections}");
                _ = Drain(_process);
            }

            try
            {
                await using var source = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false");
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();

        // Its processes end by themselves when they notice; until then they may still make files.
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

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        using var made = Start("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C");
        var said = made.StandardError.ReadToEndAsync(cancellationToken);
        await made.StandardOutput.ReadToEndAsync(cancellationToken);
        await made.WaitForExitAsync(cancellationToken);
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed: {await said}");
        }
    }

    private string Data => Path.Combine(_folder, "data");

    private static async Task Drain(Process process)
    {
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Debian keeps each version's programs in a folder of its own; the newest is taken.</summary>
    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var versions = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        return folders.Concat(versions.Select(folder => Path.Combine(folder, "bin")))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private Process Start(string program, params string[] arguments)
    {
        var command = new List<string> { Path.Combine(_programs, program) };
        command.AddRange(arguments);
        if (Environment.IsPrivilegedProcess)
        {
            command.InsertRange(0, ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]);
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        return Process.Start(start)!;
    }
}
