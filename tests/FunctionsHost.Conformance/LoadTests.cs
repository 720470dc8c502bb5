using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Rpc;
using FunctionsHost.Conformance.Support;

namespace FunctionsHost.Conformance;

/// <summary>What the worker tells Microsoft's host about itself.</summary>
public sealed partial class LoadTests(HostedOffice office)
{
    [Fact]
    public void Every_function_is_loaded() =>
        Assert.Equal(
            WorkerRoles.Functions.Values.SelectMany(functions => functions).Order(StringComparer.Ordinal),
            office.Host.Functions.Keys.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Http_functions_have_routes_and_need_no_key_of_the_host()
    {
        var functions = WithTrigger("httpTrigger", WorkerRoles.Http);

        Assert.All(functions, function => Assert.Equal("Anonymous", function.Text("authLevel")));
        Assert.Equal(
            [
                "get api/v1/audit",
                "get api/v1/openapi.json",
                "get api/v1/runs",
                "get api/v1/runs/{runId}",
                "get api/v1/users/{userId}/preferences",
                "get,post slack/commands",
                "get,post slack/events",
                "get,post slack/interactions",
                "patch api/v1/runs/{runId}/cancel",
                "patch api/v1/runs/{runId}/complete",
                "post api/v1/runs",
                "post api/v1/runs/{runId}/orders",
            ],
            functions
                .Select(function =>
                    $"{string.Join(',', function.Trigger["methods"]!.AsArray())} {function.Text("route")}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    // UseMonitor would have the host keep each timer's state in Azure Storage.
    [Fact]
    public void Timer_functions_need_no_storage_account() =>
        Assert.All(
            WithTrigger("timerTrigger", WorkerRoles.Timer),
            function => Assert.False((bool)function.Trigger["useMonitor"]!)
        );

    // The host hands KafkaRecord over only where the binding says that the worker reads it by itself.
    [Fact]
    public void Kafka_functions_take_records_as_binary_data() =>
        Assert.All(
            WithTrigger("kafkaTrigger", WorkerRoles.Kafka),
            function => Assert.Equal("True", (string?)function.Trigger["properties"]?["supportsDeferredBinding"])
        );

    [Fact]
    public void Kafka_functions_have_a_topic_and_a_consumer_group_each() =>
        Assert.Equal(
            [
                ("coffee.assignments", "%Kafka:ConsumerGroup%-assignments", "Many"),
                ("coffee.completions", "%Kafka:ConsumerGroup%-completions", "Many"),
                ("coffee.orders", "%Kafka:ConsumerGroup%-orders", "Many"),
                ("slack.events", "%Kafka:ConsumerGroup%-slack", "One"),
            ],
            WithTrigger("kafkaTrigger", WorkerRoles.Kafka)
                .Select(function =>
                    (function.Text("topic"), function.Text("consumerGroup"), function.Text("cardinality"))
                )
                .Order()
        );

    [Fact]
    public void Kafka_functions_are_tried_again_for_half_an_hour() =>
        Assert.All(
            WithTrigger("kafkaTrigger", WorkerRoles.Kafka),
            function =>
                Assert.Equal(
                    new RpcRetryOptions
                    {
                        RetryStrategy = RpcRetryOptions.Types.RetryStrategy.ExponentialBackoff,
                        MaxRetryCount = 35,
                        MinimumInterval = new() { Seconds = 1 },
                        MaximumInterval = new() { Seconds = 60 },
                    },
                    function.Retry
                )
        );

    // The host resolves these, not the worker: the worker's own defaults for them do not apply there.
    [Fact]
    public void Bindings_name_these_settings() =>
        Assert.Equal(
            ["Kafka:BootstrapServers", "Kafka:ConsumerGroup", "Sweep:RetentionSchedule", "Sweep:Schedule"],
            office
                .Host.Functions.Values.SelectMany(function => function.Bindings)
                .SelectMany(binding => binding.Select(property => property.Value).OfType<JsonValue>())
                .SelectMany(value => Setting().Matches(value.ToString()))
                .Select(match => match.Groups["name"].Value)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_worker_takes_part_in_what_the_host_offers()
    {
        Assert.StartsWith("http://", office.Host.Capabilities["HttpUri"], StringComparison.Ordinal);
        Assert.Equal("True", office.Host.Capabilities["HandlesInvocationCancelMessage"]);
        Assert.Equal("True", office.Host.Capabilities["HandlesWorkerTerminateMessage"]);
        Assert.Equal("True", office.Host.Capabilities["EnableUserCodeException"]);
    }

    [Theory]
    [InlineData(ToldBy.Arguments)]
    [InlineData(ToldBy.Environment)]
    public async Task A_worker_connects_under_its_id_and_ends_in_order_even_while_it_starts(ToldBy toldBy)
    {
        await using var worker = await office.StartWorkerAsync(toldBy);
        Assert.Equal(worker.Id, await worker.Host.Connected);
        Assert.Equal(office.Host.Functions.Count, worker.Host.Functions.Count);

        // The functions are loaded before the worker has started all its services.
        var code = await worker.TerminateAsync();

        Assert.True(code == 0, $"Exit code {code}:\n{string.Join('\n', worker.LastLines)}");
    }

    [Fact]
    public async Task A_worker_without_its_settings_names_them_and_ends_with_1()
    {
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerUnderTest.StartAsync(
                new SandboxOptions().Worker,
                new Dictionary<string, string?> { ["Slack__AppToken"] = "xapp-1" },
                ToldBy.Arguments,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("exit code 1 ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Slack:AppToken must not be set", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RecordKey", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Authority", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The functions with such a trigger; they must be those of the role.</summary>
    private List<LoadedFunction> WithTrigger(string type, string role)
    {
        var functions = office.Host.Functions.Values.Where(function => function.TriggerType == type).ToList();
        Assert.Equal(
            WorkerRoles.Functions[role].Order(StringComparer.Ordinal),
            functions.Select(function => function.Name).Order(StringComparer.Ordinal)
        );
        return functions;
    }

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();
}
