using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>SASL mechanism of a connection.</summary>
public enum BrokerAuthenticationMode
{
    /// <summary>The client's default.</summary>
    NotSet = -1,

    /// <summary>Kerberos.</summary>
    Gssapi = 0,

    /// <summary>PLAIN.</summary>
    Plain = 1,

    /// <summary>SCRAM-SHA-256.</summary>
    ScramSha256 = 2,

    /// <summary>SCRAM-SHA-512.</summary>
    ScramSha512 = 3,

    /// <summary>OAUTHBEARER.</summary>
    OAuthBearer = 4,
}

/// <summary>Security protocol of a connection.</summary>
public enum BrokerProtocol
{
    /// <summary>The client's default.</summary>
    NotSet = -1,

    /// <summary>No encryption, no authentication.</summary>
    Plaintext = 0,

    /// <summary>TLS.</summary>
    Ssl = 1,

    /// <summary>SASL without encryption.</summary>
    SaslPlaintext = 2,

    /// <summary>SASL over TLS.</summary>
    SaslSsl = 3,
}

/// <summary>Type of a record's key.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The published names.")]
public enum KafkaMessageKeyType
{
    /// <summary>32-bit integer.</summary>
    Int = 0,

    /// <summary>64-bit integer.</summary>
    Long = 1,

    /// <summary>UTF-8 text.</summary>
    String = 2,

    /// <summary>Bytes.</summary>
    Binary = 3,
}

/// <summary>How an OAUTHBEARER token is obtained.</summary>
public enum OAuthBearerMethod
{
    /// <summary>The client's default.</summary>
    Default = 0,

    /// <summary>OIDC client credentials.</summary>
    Oidc = 1,
}

/// <summary>Meaning of a record's timestamp.</summary>
public enum KafkaTimestampType
{
    /// <summary>No timestamp.</summary>
    NotAvailable = 0,

    /// <summary>Set by the producer.</summary>
    CreateTime = 1,

    /// <summary>Set by the broker.</summary>
    LogAppendTime = 2,
}
