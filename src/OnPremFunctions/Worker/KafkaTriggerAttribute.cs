using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// The parameter, a <see cref="KafkaRecord"/> (or with <see cref="IsBatched"/> a <c>KafkaRecord[]</c>), is what the function is called with.
/// </summary>
/// <remarks>Broker list, topic, group and credentials may be, or contain, <c>%Setting%</c>.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class KafkaTriggerAttribute(string brokerList, string topic) : Attribute
{
    public string BrokerList { get; } = brokerList;

    public string Topic { get; } = topic;

    public string? ConsumerGroup { get; set; }

    public bool IsBatched { get; set; }

    /// <summary>Accepted for source compatibility: <see cref="KafkaRecord.Key"/> is always the key's bytes.</summary>
    public KafkaMessageKeyType KeyDataType { get; set; } = KafkaMessageKeyType.String;

    public BrokerAuthenticationMode AuthenticationMode { get; set; } = BrokerAuthenticationMode.NotSet;

    public BrokerProtocol Protocol { get; set; } = BrokerProtocol.NotSet;

    public string? Username { get; set; }

    public string? Password { get; set; }

    public string? SslCaLocation { get; set; }

    public string? SslCertificateLocation { get; set; }

    public string? SslKeyLocation { get; set; }

    public string? SslKeyPassword { get; set; }

    /// <summary>Accepted for source compatibility: scaling belongs to whoever watches the lag.</summary>
    public long LagThreshold { get; set; } = 1000;
}

public enum BrokerAuthenticationMode
{
    NotSet = -1,
    Gssapi = 0,
    Plain = 1,
    ScramSha256 = 2,
    ScramSha512 = 3,
    OAuthBearer = 4,
}

public enum BrokerProtocol
{
    NotSet = -1,
    Plaintext = 0,
    Ssl = 1,
    SaslPlaintext = 2,
    SaslSsl = 3,
}

[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The published names.")]
public enum KafkaMessageKeyType
{
    Int = 0,
    Long = 1,
    String = 2,
    Binary = 3,
}
