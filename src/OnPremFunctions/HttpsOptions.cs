using System.Security.Authentication;

namespace OnPremFunctions;

/// <summary>
/// TLS of the addresses that begin with https: configuration section <c>Https</c>. The files are read again when they
/// change.
/// </summary>
public sealed class HttpsOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Https";

    /// <summary>File in PEM with the server's certificate, followed by those of intermediate authorities.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>File in PEM with the certificate's private key, not encrypted.</summary>
    public string? KeyFile { get; set; }

    /// <summary>
    /// File in PEM with the authorities of client certificates. With it only clients that have one may call functions;
    /// ping, health and metrics need none, because a kubelet has none.
    /// </summary>
    public string? ClientCaFile { get; set; }

    /// <summary>The versions of TLS. Only in code.</summary>
    internal SslProtocols Protocols { get; private set; } = SslProtocols.Tls13;

    /// <summary>Accepts TLS 1.2 too.</summary>
    public void AllowTls12() => Protocols |= SslProtocols.Tls12;
}
