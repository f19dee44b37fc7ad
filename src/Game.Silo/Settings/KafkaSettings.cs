using Game.Grains.Relay;
using Game.Streaming.Kafka;

namespace Game.Silo.Settings;

/// <summary>Where analytics, logs, metrics and the published event log go. Not set: streams are kept in memory.</summary>
public sealed class KafkaSettings
{
    /// <summary>Brokers to begin with, <c>host:port</c> parted by commas.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>Whether connections are encrypted.</summary>
    public bool Tls { get; set; }

    /// <summary>
    /// PEM file of the authorities that sign the brokers' certificates; null: those of the system. With <see cref="Tls"/>.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>How the user is proved: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; null: no user.</summary>
    public string? SaslMechanism { get; set; }

    public string? User { get; set; }

    /// <summary>A secret: from the environment or <see cref="PasswordFile"/>.</summary>
    public string? Password { get; set; }

    /// <summary>A file that holds the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How long a start waits for brokers that do not answer, 0–3600 s.</summary>
    public int WaitSeconds { get; set; } = 60;

    /// <summary>Consumer group whose offsets the shards go on from, 1–200 characters. A new one begins with the earliest records.</summary>
    public string Group { get; set; } = "game";

    /// <summary>Brokers that hold each record, 1–9; with 3, a record is confirmed when 2 have it.</summary>
    public int Replication { get; set; } = 3;

    public KafkaTopicsSettings Topics { get; set; } = new();

    /// <summary>
    /// Base64 of the 32 bytes that private events are sealed with before they go to the topic; the same for all processes of the
    /// game. A secret: from the environment, or <see cref="PrivateKeyFile"/>.
    /// </summary>
    public string? PrivateKey { get; set; }

    /// <summary>A file that holds the key; made with a fresh one if it does not exist. Default: <c>kafka.key</c> in the data folder.</summary>
    public string? PrivateKeyFile { get; set; }

    /// <summary>The name of this process in logs and metrics, 1–100 characters; null: the machine's name and the gateway's port.</summary>
    public string? Server { get; set; }

    /// <summary>The least level of log lines that go to the topic; <c>None</c>: no lines.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>Between samples of the server's metrics, 1–3600 s.</summary>
    public int MetricsSeconds { get; set; } = 10;

    public bool IsUsed => BootstrapServers is not null;

    /// <summary>How the brokers are reached. For settings that are valid.</summary>
    internal KafkaOptions ToOptions(string clientId) => new()
    {
        BootstrapServers = BootstrapServers!,
        ClientId = clientId,
        Tls = Tls,
        CertificateAuthorityFile = CertificateAuthorityFile,
        SaslMechanism = SaslMechanism,
        User = User,
        Password = ReadPassword(),
    };

    internal string? ReadPassword() => Password ?? (PasswordFile is { } file ? File.ReadAllText(file).Trim() : null);

    /// <summary>The topics as they are wanted, those of dead letters not among them.</summary>
    internal IReadOnlyList<TopicSpec> ToSpecs(int shards) =>
    [
        .. Topics.All.Select(topic => new TopicSpec(
            topic.Topic,
            topic.Settings.PartitionsPerShard * shards,
            (short)Replication,
            topic.Settings.RetentionHours == 0 ? null : TimeSpan.FromHours(topic.Settings.RetentionHours))),
    ];

    internal static bool IsKey(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == BodySeal.KeyBytes;
    }

    internal IEnumerable<string> Validate(string path, bool isCluster)
    {
        if (!IsUsed)
        {
            yield break;
        }

        if (!AreServers(BootstrapServers!))
        {
            yield return $"{path}:BootstrapServers: must be host:port, or several parted by commas, not '{BootstrapServers}'.";
        }

        if (CertificateAuthorityFile is { } authorities && !File.Exists(authorities))
        {
            yield return $"{path}:CertificateAuthorityFile: there is no file {authorities}.";
        }

        foreach (var failure in ValidateUser(path))
        {
            yield return failure;
        }

        if (WaitSeconds is < 0 or > 3600)
        {
            yield return $"{path}:WaitSeconds: must be 0 to 3600, not {WaitSeconds}.";
        }

        if (string.IsNullOrWhiteSpace(Group) || Group.Length > 200)
        {
            yield return $"{path}:Group: must hold 1 to 200 characters.";
        }

        if (Replication is < 1 or > 9)
        {
            yield return $"{path}:Replication: must be 1 to 9, not {Replication}.";
        }

        foreach (var failure in ValidateRecords(path, isCluster))
        {
            yield return failure;
        }

        foreach (var failure in Topics.All.SelectMany(topic => topic.Settings.Validate($"{path}:Topics:{topic.Setting}")))
        {
            yield return failure;
        }
    }

    private IEnumerable<string> ValidateRecords(string path, bool isCluster)
    {
        if (PrivateKey is not null && !IsKey(PrivateKey))
        {
            // Not repeated: it is a secret.
            yield return $"{path}:PrivateKey: must be base64 of {BodySeal.KeyBytes} bytes.";
        }

        if (isCluster && PrivateKey is null && PrivateKeyFile is null)
        {
            yield return $"{path}:PrivateKey: must be set (GAME__Kafka__PrivateKey), or PrivateKeyFile, with Cluster:Id: all processes seal with one key.";
        }

        if (MetricsSeconds is < 1 or > 3600)
        {
            yield return $"{path}:MetricsSeconds: must be 1 to 3600, not {MetricsSeconds}.";
        }

        if (Server is { Length: 0 or > 100 })
        {
            yield return $"{path}:Server: must hold 1 to 100 characters.";
        }
    }

    private IEnumerable<string> ValidateUser(string path)
    {
        if (SaslMechanism is null)
        {
            if (User is not null || Password is not null || PasswordFile is not null)
            {
                yield return $"{path}:SaslMechanism: must be set with User, Password or PasswordFile.";
            }

            yield break;
        }

        if (!KafkaOptions.SaslMechanisms.Contains(SaslMechanism))
        {
            yield return $"{path}:SaslMechanism: must be one of {string.Join(", ", KafkaOptions.SaslMechanisms)}, not '{SaslMechanism}'.";
        }

        if (string.IsNullOrEmpty(User))
        {
            yield return $"{path}:User: must be set with SaslMechanism.";
        }

        if (Password is null && PasswordFile is { } file && !File.Exists(file))
        {
            yield return $"{path}:PasswordFile: there is no file {file}.";
        }
        else if (Password is null && PasswordFile is null)
        {
            yield return $"{path}:Password: must be set with SaslMechanism (GAME__Kafka__Password), or PasswordFile.";
        }
    }

    private static bool AreServers(string text)
    {
        var servers = text.Split(',', StringSplitOptions.TrimEntries);
        return Array.TrueForAll(servers, server =>
            server.LastIndexOf(':') is > 0 and var colon && int.TryParse(server[(colon + 1)..], out var port) && port is > 0 and <= 65535);
    }
}
