using Confluent.Kafka;

namespace Game.Streaming.Kafka;

/// <summary>How a Kafka cluster is reached. Immutable.</summary>
public sealed record KafkaOptions
{
    /// <summary>Brokers to begin with, <c>host:port</c> parted by commas; the others are learnt from them.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What the brokers call this process.</summary>
    public string ClientId { get; init; } = "game";

    /// <summary>Whether connections are encrypted.</summary>
    public bool Tls { get; init; }

    /// <summary>PEM file of the authorities that sign the brokers' certificates; null: those of the system.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>How the user is proved: <c>PLAIN</c>, <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-512</c>; null: no user.</summary>
    public string? SaslMechanism { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Longest wait for the answer to a request. At least 1 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Mechanisms that <see cref="SaslMechanism"/> may name.</summary>
    public static IReadOnlyList<string> SaslMechanisms { get; } = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

    internal TConfig Apply<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.ClientId = ClientId;
        config.SecurityProtocol = (Tls, SaslMechanism is not null) switch
        {
            (false, false) => SecurityProtocol.Plaintext,
            (true, false) => SecurityProtocol.Ssl,
            (false, true) => SecurityProtocol.SaslPlaintext,
            (true, true) => SecurityProtocol.SaslSsl,
        };
        config.SslCaLocation = CertificateAuthorityFile;
        config.SaslMechanism = SaslMechanism switch
        {
            null => null,
            "PLAIN" => Confluent.Kafka.SaslMechanism.Plain,
            "SCRAM-SHA-256" => Confluent.Kafka.SaslMechanism.ScramSha256,
            "SCRAM-SHA-512" => Confluent.Kafka.SaslMechanism.ScramSha512,
            var other => throw new ArgumentException($"SaslMechanism must be one of {string.Join(", ", SaslMechanisms)}, not '{other}'."),
        };
        config.SaslUsername = User;
        config.SaslPassword = Password;
        config.SocketTimeoutMs = (int)RequestTimeout.TotalMilliseconds;
        config.SocketKeepaliveEnable = true;

        // A broker that restarts is back within seconds: the default would wait up to 10 s more.
        config.ReconnectBackoffMaxMs = 1000;
        return config;
    }
}
