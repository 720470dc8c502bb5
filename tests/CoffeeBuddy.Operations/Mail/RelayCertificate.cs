using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CoffeeBuddy.Operations.Mail;

/// <summary>
/// A certificate for 127.0.0.1 of a company's own authority, without a revocation list: most companies publish none
/// that a worker can reach.
/// </summary>
internal sealed class RelayCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coffeebuddy-relay-").FullName;

    public RelayCertificate()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Office authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                0,
                critical: true
            )
        );
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var to = DateTimeOffset.UtcNow.AddDays(1);
        using var issuer = authority.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var relay = new CertificateRequest("CN=Office relay", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        relay.CertificateExtensions.Add(names.Build());
        using var certificate = relay.Create(issuer, from, to, [1, 2, 3]);

        File.WriteAllText(AuthorityFile, issuer.ExportCertificatePem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    public string CertificateFile => Path.Combine(_folder, "relay.pem");

    public string KeyFile => Path.Combine(_folder, "relay.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
