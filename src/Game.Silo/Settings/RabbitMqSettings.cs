namespace Game.Silo.Settings;

/// <summary>The broker that joins shards of different processes. Not set: the in-process bus joins those of this process.</summary>
public sealed class RabbitMqSettings
{
    /// <summary>
    /// <c>amqp(s)://user:password@host:port/vhost</c>; several nodes of one cluster are parted by commas. A secret: from the
    /// environment or <see cref="UriFile"/>.
    /// </summary>
    public string? Uri { get; set; }

    /// <summary>A file that holds the address; read again for every connection, so that credentials can be rotated.</summary>
    public string? UriFile { get; set; }

    /// <summary>
    /// PEM file with the authorities that certificates of <c>amqps</c> nodes must lead to; null: those this machine trusts.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>PEM file with the certificate this process shows to <c>amqps</c> nodes; null: none.</summary>
    public string? ClientCertificateFile { get; set; }

    /// <summary>PEM file with its key; null: it is in the same file.</summary>
    public string? ClientKeyFile { get; set; }

    /// <summary>How long a start waits for a broker that does not answer, 0–3600 s.</summary>
    public int WaitSeconds { get; set; } = 60;

    public bool IsUsed => Uri is not null || UriFile is not null;

    internal IReadOnlyList<Uri> Nodes =>
        [.. (Uri ?? File.ReadAllText(UriFile!)).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(node => new Uri(node))];

    internal IEnumerable<string> Validate(string path)
    {
        if (WaitSeconds is < 0 or > 3600)
        {
            yield return $"{path}:WaitSeconds: must be 0 to 3600, not {WaitSeconds}.";
        }

        foreach (var (name, pem) in new[]
        {
            (nameof(CaFile), CaFile), (nameof(ClientCertificateFile), ClientCertificateFile), (nameof(ClientKeyFile), ClientKeyFile),
        })
        {
            if (pem is not null && !File.Exists(pem))
            {
                yield return $"{path}:{name}: there is no file {pem}.";
            }
        }

        if (ClientKeyFile is not null && ClientCertificateFile is null)
        {
            yield return $"{path}:ClientKeyFile: needs {path}:ClientCertificateFile.";
        }

        if (Uri is null && UriFile is { } file && !File.Exists(file))
        {
            yield return $"{path}:UriFile: there is no file {file}.";
        }
        else if (IsUsed && !IsAddress(Uri ?? File.ReadAllText(UriFile!)))
        {
            // Not repeated: it may hold a password.
            yield return $"{path}:{(Uri is null ? nameof(UriFile) : nameof(Uri))}: must be amqp(s)://user:password@host:port/vhost, or several parted by commas.";
        }
    }

    private static bool IsAddress(string text)
    {
        var nodes = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return nodes.Length > 0 && Array.TrueForAll(
            nodes, node => System.Uri.TryCreate(node, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps" && uri.Host.Length > 0);
    }
}
