namespace Game.LocalServers;

/// <summary>What is special about a broker.</summary>
public sealed record RabbitMqSetup
{
    /// <summary>The node's name, without its host.</summary>
    public string Node { get; init; } = "game";

    /// <summary>A mapper that another node of the cluster has started; null: its own.</summary>
    public int? MapperPort { get; init; }

    /// <summary>The secret that nodes of a cluster share.</summary>
    public string? Cookie { get; init; }

    /// <summary>The node whose cluster a new node joins.</summary>
    public string? Join { get; init; }

    /// <summary>PEM files for TLS: authority, certificate, key.</summary>
    public (string Authority, string Certificate, string Key)? Tls { get; init; }

    /// <summary>Whether clients must show a certificate of the authority.</summary>
    public bool AsksForCertificates { get; init; }

    internal string Configuration(int tlsPort)
    {
        var lines = new List<string>();
        if (Join is { } node)
        {
            lines.Add("cluster_formation.peer_discovery_backend = classic_config");
            lines.Add($"cluster_formation.classic_config.nodes.1 = {node}");
        }

        if (Tls is { } tls)
        {
            lines.Add($"listeners.ssl.default = 127.0.0.1:{tlsPort}");
            lines.Add($"ssl_options.cacertfile = {tls.Authority}");
            lines.Add($"ssl_options.certfile = {tls.Certificate}");
            lines.Add($"ssl_options.keyfile = {tls.Key}");
            lines.Add("ssl_options.verify = " + (AsksForCertificates ? "verify_peer" : "verify_none"));
            lines.Add($"ssl_options.fail_if_no_peer_cert = {(AsksForCertificates ? "true" : "false")}");
        }

        return string.Join('\n', lines) + "\n";
    }
}
