using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace Game.Broadcast.RabbitMq;

/// <summary>
/// How <c>amqps</c> nodes are checked: the certificate must be for the node's name, and lead to the given authority or, without
/// one, to one that this machine trusts. Files are read anew for every connection, so that certificates can be renewed.
/// </summary>
internal static class BrokerTls
{
    /// <exception cref="BroadcastException">A file cannot be read as a certificate; the message names it.</exception>
    public static SslOption OptionOf(Uri node, RabbitMqOptions options)
    {
        var option = new SslOption { Enabled = node.Scheme == "amqps", ServerName = node.Host };
        if (!option.Enabled)
        {
            return option;
        }

        if (options.CaFile is { } file)
        {
            var authorities = Read(file, ImportAuthorities);
            option.CertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, authorities);
        }

        if (options.ClientCertificateFile is { } own)
        {
            option.Certs = [Read(own, path => X509Certificate2.CreateFromPemFile(path, options.ClientKeyFile ?? path))];
        }

        return option;
    }

    private static bool IsTrusted(
        X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(new X509Certificate2(certificate));
    }

    private static X509Certificate2Collection ImportAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate");
    }

    private static T Read<T>(string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new BroadcastException($"{file} cannot be used as a certificate: {exception.Message}", exception);
        }
    }
}
