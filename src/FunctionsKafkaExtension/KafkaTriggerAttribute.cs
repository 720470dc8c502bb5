using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Extensions.Kafka;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Calls the function for each record of a topic, or with <see cref="IsBatched"/> for several at once. The parameter is
/// a <see cref="KafkaRecord"/> or a <c>KafkaRecord[]</c>.
/// </summary>
/// <remarks>Broker list, topic, consumer group and credentials may contain <c>%Setting%</c>.</remarks>
/// <param name="brokerList">Comma-separated <c>host:port</c> pairs.</param>
/// <param name="topic">The topic to consume.</param>
[InputConverter(typeof(KafkaRecordConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Default)]
[BindingCapabilities(KnownBindingCapabilities.FunctionLevelRetry)]
public sealed class KafkaTriggerAttribute(string brokerList, string topic)
    : TriggerBindingAttribute,
        ISupportCardinality
{
    /// <summary>Comma-separated <c>host:port</c> pairs.</summary>
    public string BrokerList { get; } = brokerList;

    /// <summary>The topic to consume.</summary>
    public string Topic { get; } = topic;

    /// <summary>The consumer group whose committed offsets are used.</summary>
    public string? ConsumerGroup { get; set; }

    /// <summary>True: the parameter is an array and one call may get several records.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>
    /// Type of the key for deserialisation; does not affect <see cref="KafkaRecord.Key"/>, which is always bytes.
    /// </summary>
    public KafkaMessageKeyType KeyDataType { get; set; } = KafkaMessageKeyType.String;

    /// <summary>Avro schema of the value.</summary>
    public string? AvroSchema { get; set; }

    /// <summary>Avro schema of the key.</summary>
    public string? KeyAvroSchema { get; set; }

    /// <summary>SASL mechanism (<c>sasl.mechanism</c>).</summary>
    public BrokerAuthenticationMode AuthenticationMode { get; set; } = BrokerAuthenticationMode.NotSet;

    /// <summary>Security protocol (<c>security.protocol</c>).</summary>
    public BrokerProtocol Protocol { get; set; } = BrokerProtocol.NotSet;

    /// <summary>SASL user name.</summary>
    public string? Username { get; set; }

    /// <summary>SASL password.</summary>
    public string? Password { get; set; }

    /// <summary>Path of the CA certificates.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>Path of the client certificate.</summary>
    public string? SslCertificateLocation { get; set; }

    /// <summary>Path of the client's private key.</summary>
    public string? SslKeyLocation { get; set; }

    /// <summary>Password of the private key.</summary>
    public string? SslKeyPassword { get; set; }

    /// <summary>Client certificate in PEM.</summary>
    public string? SslCertificatePEM { get; set; }

    /// <summary>Private key in PEM.</summary>
    public string? SslKeyPEM { get; set; }

    /// <summary>CA certificates in PEM.</summary>
    public string? SslCaPEM { get; set; }

    /// <summary>Client certificate and private key in PEM.</summary>
    public string? SslCertificateandKeyPEM { get; set; }

    /// <summary>Lag per instance that makes Azure scale out.</summary>
    public long LagThreshold { get; set; } = 1000;

    /// <summary>URL of the schema registry.</summary>
    public string? SchemaRegistryUrl { get; set; }

    /// <summary>User name for the schema registry.</summary>
    public string? SchemaRegistryUsername { get; set; }

    /// <summary>Password for the schema registry.</summary>
    public string? SchemaRegistryPassword { get; set; }

    /// <summary>How a token for OAUTHBEARER is obtained.</summary>
    public OAuthBearerMethod OAuthBearerMethod { get; set; }

    /// <summary>OAuth client id.</summary>
    public string? OAuthBearerClientId { get; set; }

    /// <summary>OAuth client secret.</summary>
    public string? OAuthBearerClientSecret { get; set; }

    /// <summary>OAuth scope.</summary>
    public string? OAuthBearerScope { get; set; }

    /// <summary>OAuth token endpoint.</summary>
    public string? OAuthBearerTokenEndpointUrl { get; set; }

    /// <summary>OAuth extensions, <c>key=value</c> pairs.</summary>
    public string? OAuthBearerExtensions { get; set; }

    Cardinality ISupportCardinality.Cardinality
    {
        get => IsBatched ? Cardinality.Many : Cardinality.One;
        set => IsBatched = value == Cardinality.Many;
    }
}
