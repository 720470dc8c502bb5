using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Functions.Security;
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

    /// <summary>
    /// librdkafka has no setting for the version of TLS, and this one names the cipher suites of TLS 1.2 and older only;
    /// those of 1.3 stay on. The one suite left needs a pre-shared key, which librdkafka never has, so TLS 1.2 has none.
    /// </summary>
    private const string Tls13Only = "PSK-AES256-GCM-SHA384";

    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Plaintext, Ssl, SaslPlaintext or SaslSsl.</summary>
    public SecurityProtocol SecurityProtocol { get; set; } = SecurityProtocol.Plaintext;

    public SaslMechanism? SaslMechanism { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>File with the CA certificates that the brokers' certificates are checked against.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>File in PEM with the worker's own certificate, where the brokers demand one.</summary>
    public string? SslCertificateLocation { get; set; }

    /// <summary>File in PEM with the private key of that certificate.</summary>
    public string? SslKeyLocation { get; set; }

    public string? SslKeyPassword { get; set; }

    /// <summary>See <see cref="TlsModule"/>.</summary>
    internal bool AllowTls12 { get; set; }

    public bool UsesTls => SecurityProtocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    /// <summary>The secret that records are signed and encrypted with, see <see cref="RecordSeal"/>.</summary>
    [Required, MinLength(ShortestRecordKey)]
    public string RecordKey { get; set; } = "";

    /// <summary>Records that were signed with this secret are accepted too: the next or the previous one, during a
    /// rotation. Empty: none, as in a file that Vault Agent writes while Vault has none.</summary>
    // Unlike MinLength it allows an empty text.
    [RegularExpression("(?s).{32,}", ErrorMessage = "AcceptedRecordKey must have at least 32 characters, or none.")]
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
        client.SslCertificateLocation = SslCertificateLocation;
        client.SslKeyLocation = SslKeyLocation;
        client.SslKeyPassword = SslKeyPassword;
        if (UsesTls && !AllowTls12)
            client.SslCipherSuites = Tls13Only;
        // Shorter than librdkafka's defaults (60 s, 10 s): a silent broker, and one that is back, are noticed sooner.
        client.SocketTimeoutMs = 10_000;
        client.SocketKeepaliveEnable = true;
        client.ReconnectBackoffMaxMs = 2_000;
    }
}
