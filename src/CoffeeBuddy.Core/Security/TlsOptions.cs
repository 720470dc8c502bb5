using System.Security.Authentication;

namespace CoffeeBuddy.Core.Security;

/// <summary>A connection that the worker opens or accepts.</summary>
[Flags]
public enum TlsHops
{
    None = 0,

    /// <summary>The worker's own HTTP endpoints.</summary>
    Http = 1,

    /// <summary>PostgreSQL.</summary>
    Database = 2,

    Kafka = 4,

    /// <summary>The mail relay.</summary>
    Email = 8,

    /// <summary>The issuer of access tokens.</summary>
    Oidc = 16,

    Slack = 32,

    Vault = 64,
}

/// <summary>
/// The exceptions from the rule that every connection is TLS 1.3 with a verified certificate: configuration section
/// <c>Tls</c>.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>Those that can be without TLS. The others have a rule of their own: HTTPS.</summary>
    public const TlsHops CanBePlaintext = TlsHops.Http | TlsHops.Database | TlsHops.Kafka | TlsHops.Email;

    /// <summary>Connections that may be without TLS, or without a verified certificate.</summary>
    public TlsHops AllowPlaintext { get; set; }

    /// <summary>Connections that may use TLS 1.2 too.</summary>
    public TlsHops AllowTls12 { get; set; }

    public SslProtocols ProtocolsOf(TlsHops hop) =>
        AllowTls12.HasFlag(hop) ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13;
}
