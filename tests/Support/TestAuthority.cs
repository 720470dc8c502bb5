using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Support;

/// <summary>
/// A certificate authority in a folder of its own. Without revocation lists: most companies publish none that a worker
/// can reach.
/// </summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly string _folder = Directory.CreateTempSubdirectory("authority-").FullName;
    private readonly X509Certificate2 _issuer;
    private int _serial;

    public TestAuthority()
        : this(parent: null) { }

    private TestAuthority(X509Certificate2? parent)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest($"CN=Test authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                0,
                critical: true
            )
        );
        var now = DateTimeOffset.UtcNow;
        if (parent is null)
            _issuer = authority.CreateSelfSigned(now.AddDays(-10), now.AddDays(1));
        else
        {
            // Between the parent's validity and that of what it will issue.
            using var signed = authority.Create(parent, now.AddDays(-9), now.AddDays(1).AddSeconds(-10), [2]);
            _issuer = signed.CopyWithPrivateKey(key);
        }

        File.WriteAllText(AuthorityFile, _issuer.ExportCertificatePem());
    }

    /// <summary>The authority's certificate in PEM.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>An authority whose certificate is of this one.</summary>
    public TestAuthority Below() => new(_issuer);

    /// <summary>A certificate for servers and clients.</summary>
    /// <param name="host">The only name in it; null: 127.0.0.1 and localhost.</param>
    /// <param name="expired">Valid until yesterday.</param>
    public TestCertificate Issue(string? host = null, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host ?? "localhost"}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("localhost");
        }
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([ServerAuthentication, ClientAuthentication], critical: false)
        );
        var serial = Interlocked.Increment(ref _serial);
        using var certificate = request.Create(
            _issuer,
            DateTimeOffset.UtcNow.AddDays(-5),
            DateTimeOffset.UtcNow.AddDays(expired ? -1 : 1).AddMinutes(-1),
            [(byte)(serial / 256), (byte)(serial % 256), 1]
        );
        var issued = new TestCertificate(Path.Combine(_folder, $"{serial}"));
        File.WriteAllText(issued.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(issued.KeyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(issued.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return issued;
    }

    public void Dispose()
    {
        _issuer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A certificate and its private key, as files in PEM.</summary>
public sealed record TestCertificate(string Path)
{
    public string CertificateFile => $"{Path}.pem";

    public string KeyFile => $"{Path}.key";

    public X509Certificate2 Load()
    {
        using var pair = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
    }
}
