using global::Support;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class LoginTests : KafkaTest
{
    [Fact]
    public async Task A_changed_password_is_used_by_the_running_consumer()
    {
        using var authority = new TestAuthority();
        await using var kafka = new SaslKafka(
            authority.Issue(),
            int.Parse(Cluster.BootstrapServers.Split(':')[1]),
            "worker",
            "one"
        );
        var settings = new ConfigurationManager();
        settings.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["BootstrapServers"] = kafka.BootstrapServers,
                ["SecurityProtocol"] = "SaslSsl",
                ["SaslMechanism"] = "Plain",
                ["SaslUsername"] = "worker",
                ["SaslPassword"] = "one",
                ["SslCaLocation"] = authority.AuthorityFile,
                ["ReconnectBackoffMaxMs"] = "200",
            }
        );
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: builder => builder.Services.Configure<ClientConfig>(settings)
        );
        await ProduceAsync(("a", "first"));
        await DoneAsync("first");

        kafka.Password = "two";
        settings["SaslPassword"] = "two";
        ((IConfigurationRoot)settings).Reload();
        kafka.Disconnect();
        await ProduceAsync(("a", "second"));

        await DoneAsync("second");
        Assert.Contains("two", kafka.Accepted);
        Assert.Equal(0, kafka.Refused);
        Assert.DoesNotContain(host.Logs.Lines, line => line.Text.Contains("ConsumerFailed", StringComparison.Ordinal));
    }
}
