using System.Net;
using System.Reflection;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Hosting;
using OnPremFunctions.Kafka;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class ClientConfigTests : KafkaTest
{
    [Fact]
    public async Task ClientConfig_overrides_the_attribute()
    {
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: builder =>
                Use(
                    builder,
                    new()
                    {
                        ["Kafka:BootstrapServers"] = "127.0.0.1:1",
                        ["Kafka:Client:BootstrapServers"] = Cluster.BootstrapServers,
                    }
                )
        );

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");
    }

    [Fact]
    public async Task A_worker_configured_for_TLS_does_not_use_plaintext()
    {
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: static builder =>
                Use(
                    builder,
                    new()
                    {
                        ["Kafka:Client:SecurityProtocol"] = "SaslSsl",
                        ["Kafka:Client:SaslMechanism"] = "ScramSha512",
                        ["Kafka:Client:SaslUsername"] = "worker",
                        ["Kafka:Client:SaslPassword"] = "secret",
                    }
                )
        );

        await Eventually.TrueAsync(
            () => host.Logs.Lines.Any(static line => line.Text.Contains("sasl_ssl://", StringComparison.Ordinal)),
            "the plaintext broker is refused"
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.GetAsync("/healthz/ready")).StatusCode);
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClientConfig_cannot_override_offset_handling()
    {
        Inbox.Handle = static call =>
            call.Values is ["stuck"] ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using (
            var host = await StartAsync(
                KafkaFunctions.Endless,
                configure: static builder =>
                    builder.Services.Configure<ClientConfig>(static client =>
                    {
                        client.Set("enable.auto.offset.store", "true");
                        client.Set("auto.offset.reset", "latest");
                    })
            )
        )
        {
            await ProduceAsync(("a", "stuck"), ("b", "after"));
            await DoneAsync("after");
            await host.StopAsync();
        }

        Assert.Equal(0, Committed());
    }

    [Fact]
    public async Task An_invalid_client_setting_is_a_startup_fault()
    {
        var refused = await Assert.ThrowsAsync<FunctionsStartupException>(async () =>
        {
            await using var host = await StartAsync(
                KafkaFunctions.One,
                configure: static builder => Use(builder, new() { ["Kafka:Client:SecurityProtocol"] = "tls" })
            );
        });

        Assert.Contains("Kafka:Client:SecurityProtocol", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_settings_of_the_attribute_reach_the_client()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Kafka:Password"] = "secret" })
            .Build();
        var parameter = typeof(ClientConfigTests)
            .GetMethod(nameof(Secured), BindingFlags.Static | BindingFlags.NonPublic)!
            .GetParameters()
            .Single();

        var binding = KafkaBinding.Bind(
            parameter,
            parameter.GetCustomAttribute<KafkaTriggerAttribute>()!,
            new SettingResolver(configuration),
            Assert.Fail
        );
        var client = binding.ConnectionWith(new ClientConfig { SaslUsername = "worker" });

        Assert.Equal(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["bootstrap.servers"] = "kafka:9093",
                ["security.protocol"] = "sasl_ssl",
                ["sasl.mechanism"] = "SCRAM-SHA-512",
                ["sasl.username"] = "worker",
                ["sasl.password"] = "secret",
                ["ssl.ca.location"] = "/ca.pem",
                ["ssl.certificate.location"] = "/client.pem",
                ["ssl.key.location"] = "/client.key",
                ["ssl.key.password"] = "hidden",
            },
            client.ToDictionary(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Each_function_of_a_named_worker_is_a_static_member_of_its_group()
    {
        // Several functions may have the same group, and each member needs a name of its own.
        static ConsumerConfig Config(string? name, string function) =>
            ConfigOf(new() { GroupInstanceId = name, SessionTimeoutMs = 9_000 }, function);

        Assert.Equal("pod-0-One", Config("pod-0", "One").GroupInstanceId);
        Assert.Equal("pod-0-Two", Config("pod-0", "Two").GroupInstanceId);
        Assert.Null(Config(name: null, "One").GroupInstanceId);
        Assert.Equal(
            (9_000, 3_000),
            (Config("pod-0", "One").SessionTimeoutMs, Config("pod-0", "One").HeartbeatIntervalMs)
        );
    }

    [Fact]
    public void A_broker_without_a_record_answers_after_the_time_of_the_setting()
    {
        Assert.Equal(500, ConfigOf(new(), "One").FetchWaitMaxMs);
        Assert.Equal(50, ConfigOf(new() { FetchWaitMaxMs = 50 }, "One").FetchWaitMaxMs);
    }

    private static ConsumerConfig ConfigOf(KafkaHostOptions options, string function) =>
        KafkaConsumerFactory.ConfigOf(
            new("record", "topic", "group", isBatched: false, new ClientConfig()),
            new ClientConfig(),
            options,
            function
        );

    private static void Secured(
        [KafkaTrigger(
            "kafka:9093",
            "topic",
            ConsumerGroup = "group",
            Protocol = BrokerProtocol.SaslSsl,
            AuthenticationMode = BrokerAuthenticationMode.ScramSha512,
            Username = "attribute",
            Password = "%Kafka:Password%",
            SslCaLocation = "/ca.pem",
            SslCertificateLocation = "/client.pem",
            SslKeyLocation = "/client.key",
            SslKeyPassword = "hidden"
        )]
            KafkaRecord record
    ) => _ = record;

    private static void Use(FunctionsApplicationBuilder builder, Dictionary<string, string?> settings)
    {
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.Configure<ClientConfig>(builder.Configuration.GetSection("Kafka:Client"));
    }
}
