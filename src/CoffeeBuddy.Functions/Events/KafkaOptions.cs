using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Where Kafka is and how to log in: configuration section <c>Kafka</c>. The triggers read the same keys.</summary>
public sealed class KafkaOptions
{
    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Plaintext, Ssl, SaslPlaintext or SaslSsl.</summary>
    public SecurityProtocol SecurityProtocol { get; set; } = SecurityProtocol.Plaintext;

    public SaslMechanism? SaslMechanism { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>File of the CA certificates that sign the brokers'.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>How long a request waits for Kafka's word before it leaves the event to the outbox sweep.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:02")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Connects a client, producer or consumer, as these options say.</summary>
    public void Configure(ClientConfig client)
    {
        client.BootstrapServers = BootstrapServers;
        client.SecurityProtocol = SecurityProtocol;
        client.SaslMechanism = SaslMechanism;
        client.SaslUsername = Username;
        client.SaslPassword = Password;
        client.SslCaLocation = SslCaLocation;
        // A broker that went silent without hanging up (librdkafka waits a minute), and one that is back, are noticed soon.
        client.SocketTimeoutMs = 10_000;
        client.SocketKeepaliveEnable = true;
        client.ReconnectBackoffMaxMs = 2_000;
    }
}
