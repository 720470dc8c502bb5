using System.Reflection;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Kafka;

/// <summary>The topic, group and connection of a Kafka function, with resolved settings.</summary>
internal sealed class KafkaBinding(
    string parameterName,
    string topic,
    string group,
    bool isBatched,
    ClientConfig connection
) : TriggerBinding(parameterName)
{
    public override string Type => "kafkaTrigger";

    public string Topic => topic;

    public string Group => group;

    public bool IsBatched => isBatched;

    /// <summary>Brokers and credentials: <paramref name="settings"/> override those of the attribute.</summary>
    public ClientConfig ConnectionWith(ClientConfig settings)
    {
        var both = new Dictionary<string, string>(connection);
        foreach (var (name, value) in settings)
            both[name] = value;
        return new ClientConfig(both);
    }

    public static KafkaBinding Bind(
        ParameterInfo parameter,
        KafkaTriggerAttribute trigger,
        SettingResolver settings,
        Action<string> fault
    )
    {
        var expected = trigger.IsBatched ? typeof(KafkaRecord[]) : typeof(KafkaRecord);
        if (parameter.ParameterType != expected)
            fault(
                $"its Kafka trigger is a {parameter.ParameterType.Name}, but must be a {expected.Name} when IsBatched is {(trigger.IsBatched ? "true" : "false")}"
            );

        string? Optional(string? text) => string.IsNullOrEmpty(text) ? null : settings.Resolve(text, fault);
        string Required(string? text, string what)
        {
            if (string.IsNullOrWhiteSpace(text))
                fault($"its Kafka trigger has no {what}");
            return Optional(text) ?? "";
        }

        var connection = new ClientConfig
        {
            BootstrapServers = Required(trigger.BrokerList, "broker list"),
            SecurityProtocol = Protocol(trigger.Protocol),
            SaslMechanism = Mechanism(trigger.AuthenticationMode),
            SaslUsername = Optional(trigger.Username),
            SaslPassword = Optional(trigger.Password),
            SslCaLocation = Optional(trigger.SslCaLocation),
            SslCertificateLocation = Optional(trigger.SslCertificateLocation),
            SslKeyLocation = Optional(trigger.SslKeyLocation),
            SslKeyPassword = Optional(trigger.SslKeyPassword),
        };
        return new KafkaBinding(
            parameter.Name!,
            Required(trigger.Topic, "topic"),
            Required(trigger.ConsumerGroup, "ConsumerGroup"),
            trigger.IsBatched,
            connection
        );
    }

    public override string ToString() => $"{topic} in group {group}";

    private static SecurityProtocol? Protocol(BrokerProtocol protocol) =>
        protocol switch
        {
            BrokerProtocol.Plaintext => SecurityProtocol.Plaintext,
            BrokerProtocol.Ssl => SecurityProtocol.Ssl,
            BrokerProtocol.SaslPlaintext => SecurityProtocol.SaslPlaintext,
            BrokerProtocol.SaslSsl => SecurityProtocol.SaslSsl,
            _ => null,
        };

    private static SaslMechanism? Mechanism(BrokerAuthenticationMode mode) =>
        mode switch
        {
            BrokerAuthenticationMode.Gssapi => SaslMechanism.Gssapi,
            BrokerAuthenticationMode.Plain => SaslMechanism.Plain,
            BrokerAuthenticationMode.ScramSha256 => SaslMechanism.ScramSha256,
            BrokerAuthenticationMode.ScramSha512 => SaslMechanism.ScramSha512,
            BrokerAuthenticationMode.OAuthBearer => SaslMechanism.OAuthBearer,
            _ => null,
        };
}
