using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Produces what the function returns. OnPremFunctions does not support it: delivery errors would be hidden.
/// </summary>
/// <param name="brokerList">Comma-separated <c>host:port</c> pairs.</param>
/// <param name="topic">The topic to produce to.</param>
public sealed class KafkaOutputAttribute(string brokerList, string topic) : OutputBindingAttribute
{
    /// <summary>Comma-separated <c>host:port</c> pairs.</summary>
    public string BrokerList { get; set; } = brokerList;

    /// <summary>The topic to produce to.</summary>
    public string Topic { get; } = topic;

    /// <summary>Avro schema of the value.</summary>
    public string? AvroSchema { get; set; }

    /// <summary>Largest message, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 1_000_000;

    /// <summary>Most messages in one request.</summary>
    public int BatchSize { get; set; } = 10_000;

    /// <summary>True: each message is written once and in order.</summary>
    public bool EnableIdempotence { get; set; }

    /// <summary>Time for delivery including retries, in milliseconds.</summary>
    public int MessageTimeoutMs { get; set; } = 300_000;

    /// <summary>Time for a broker's acknowledgement, in milliseconds.</summary>
    public int RequestTimeoutMs { get; set; } = 5_000;

    /// <summary>Most retries of one message.</summary>
    public int MaxRetries { get; set; } = int.MaxValue;

    /// <summary>Time to wait for more messages, in milliseconds.</summary>
    public int LingerMs { get; set; } = 5;

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
}
