using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Game.Broadcast.Tests;

/// <summary>An authority with a certificate for localhost and one for a client, and another authority, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("game-certificates-").FullName;

    public TestCertificates()
    {
        using var authority = CreateAuthority("Game test authority");
        using var other = CreateAuthority("Another authority");
        Authority = Write("ca.pem", authority.ExportCertificatePem());
        OtherAuthority = Write("other-ca.pem", other.ExportCertificatePem());
        var (certificate, key) = Issue(authority, "localhost", "1.3.6.1.5.5.7.3.1");
        Server = (Authority, Write("server.pem", certificate), Write("server.key", key));
        (certificate, key) = Issue(authority, "game", "1.3.6.1.5.5.7.3.2");
        Client = Write("client.pem", certificate);
        ClientKey = Write("client.key", key);
    }

    public string Authority { get; }

    public string OtherAuthority { get; }

    public (string Authority, string Certificate, string Key) Server { get; }

    public string Client { get; }

    public string ClientKey { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static X509Certificate2 CreateAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name, string usage)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using var certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddMinutes(-4), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
