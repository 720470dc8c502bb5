using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Address and login of Kafka: configuration section <c>Kafka</c>. The triggers use the same settings.
/// </summary>
public sealed class KafkaOptions
{
    /// <summary>
    /// Largest record in bytes, headers included. More than the largest HTTP body, and less than brokers accept by
    /// default (message.max.bytes, 1,048,588).
    /// </summary>
    public const int MaxRecordBytes = 1_000_000;

    /// <summary>256 random bits in base64 have 44 characters.</summary>
    private const int ShortestRecordKey = 32;

    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Plaintext, Ssl, SaslPlaintext or SaslSsl.</summary>
    public SecurityProtocol SecurityProtocol { get; set; } = SecurityProtocol.Plaintext;

    public SaslMechanism? SaslMechanism { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>File with the CA certificates that the brokers' certificates are checked against.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>The secret that records are signed and encrypted with, see <see cref="RecordSeal"/>.</summary>
    [Required, MinLength(ShortestRecordKey)]
    public string RecordKey { get; set; } = "";

    /// <summary>Records that were signed with this secret are accepted too: the next or the previous one, during a
    /// rotation.</summary>
    [MinLength(ShortestRecordKey)]
    public string? AcceptedRecordKey { get; set; }

    /// <summary>
    /// Until then records without a signature are accepted, and none is encrypted: for the time in which workers of a
    /// version that did not sign run beside this one. At most a day ahead.
    /// </summary>
    public DateTimeOffset? UnsignedUntil { get; set; }

    /// <summary>
    /// How long a request waits for Kafka to confirm its events before it leaves them to the outbox sweep.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:02")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Sets address, login and timeouts of a producer or consumer.</summary>
    public void Configure(ClientConfig client)
    {
        client.BootstrapServers = BootstrapServers;
        client.SecurityProtocol = SecurityProtocol;
        client.SaslMechanism = SaslMechanism;
        client.SaslUsername = Username;
        client.SaslPassword = Password;
        client.SslCaLocation = SslCaLocation;
        // Shorter than librdkafka's defaults (60 s, 10 s): a silent broker, and one that is back, are noticed sooner.
        client.SocketTimeoutMs = 10_000;
        client.SocketKeepaliveEnable = true;
        client.ReconnectBackoffMaxMs = 2_000;
    }
}
