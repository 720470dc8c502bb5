using System.Text.RegularExpressions;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Deployment;

/// <summary>How KEDA scales the role kafka.</summary>
public sealed partial class ScalingTests(Chart chart)
{
    private JsonNode Spec => chart["default"].Find("ScaledObject")["spec"]!;

    [Theory]
    [InlineData("scaledobject")]
    [InlineData("triggerauthentication")]
    public void The_files_for_kubectl_are_what_the_chart_renders(string template)
    {
        var documents = Separator().Split(chart["default"].Text);
        var source = $"# Source: coffeebuddy/templates/{template}.yaml\n";

        var document = Assert.Single(documents, each => each.StartsWith(source, StringComparison.Ordinal));

        Reviewed.Check($"keda/{template}.yaml", document[source.Length..]);
    }

    [Fact]
    public void Each_kafka_function_has_a_trigger_for_its_topic_and_group()
    {
        var functions = FunctionTriggers
            .Of<KafkaTriggerAttribute>()
            .Select(trigger =>
                (
                    trigger.Topic,
                    Group: trigger.ConsumerGroup!.Replace(
                        "%Kafka:ConsumerGroup%",
                        "coffeebuddy",
                        StringComparison.Ordinal
                    )
                )
            );
        var triggers = Spec["triggers"]!.AsArray().Select(trigger => trigger!["metadata"]!);

        Assert.Equal(
            functions.Order(),
            triggers.Select(trigger => ((string)trigger["topic"]!, (string)trigger["consumerGroup"]!)).Order()
        );
    }

    [Fact]
    public void Groups_have_the_prefix_that_the_workers_use()
    {
        Assert.Equal(
            "coffeebuddy",
            (string?)chart["default"].Find("ConfigMap", "coffeebuddy")["data"]!["Kafka__ConsumerGroup"]
        );
        Assert.Equal("coffeebuddy-kafka", (string?)Spec["scaleTargetRef"]!["name"]);
        Assert.Contains(
            chart["default"].OfKind("Deployment"),
            deployment => deployment.Name() == (string?)Spec["scaleTargetRef"]!["name"]
        );
    }

    [Fact]
    public void The_offset_policy_is_the_one_of_the_workers()
    {
        var hostFile = JsonNode.Parse(File.ReadAllText(Repository.File("host.json")))!;
        var policy = (string?)hostFile["extensions"]!["kafka"]!["autoOffsetReset"];

        Assert.All(
            Spec["triggers"]!.AsArray(),
            trigger => Assert.Equal(policy, (string?)trigger!["metadata"]!["offsetResetPolicy"])
        );
    }

    [Fact]
    public void A_worker_is_always_there_and_the_tolerance_of_the_autoscaler_cannot_stop_short_of_the_maximum()
    {
        var most = (int)Spec["maxReplicaCount"]!;

        Assert.Equal(1, (int)Spec["minReplicaCount"]!);
        // With one worker less than the maximum, the lag for each is this much more than its target. Up to 1.1 nothing
        // happens.
        Assert.True((double)most / (most - 1) > 1.1);
    }

    [Fact]
    public void The_persistent_lag_of_a_partition_is_measured_between_polls_not_between_requests()
    {
        Assert.All(
            Spec["triggers"]!.AsArray(),
            trigger =>
            {
                Assert.Equal("true", (string?)trigger!["metadata"]!["excludePersistentLag"]);
                Assert.True((bool)trigger["useCachedMetrics"]!);
            }
        );
    }

    [Theory]
    [InlineData("default", "enable", "scram_sha512")]
    [InlineData("dev", null, null)]
    public async Task KEDA_connects_to_Kafka_as_the_workers_do(string set, string? tls, string? sasl)
    {
        var rendering =
            set == "dev"
                ? await Chart.RenderAsync([
                    .. Chart.ValuesOf("dev"),
                    .. Chart.Assigned("keda.enabled=true", "keda.maxReplicas=3"),
                ])
                : chart[set];

        foreach (var trigger in rendering.Find("ScaledObject")["spec"]!["triggers"]!.AsArray())
        {
            Assert.Equal(tls, (string?)trigger!["metadata"]!["tls"]);
            Assert.Equal(sasl, (string?)trigger["metadata"]!["sasl"]);
            Assert.Equal(
                (string?)rendering.Find("ConfigMap", "coffeebuddy")["data"]!["Kafka__BootstrapServers"],
                (string?)trigger["metadata"]!["bootstrapServers"]
            );
            Assert.Equal(
                rendering.OfKind("TriggerAuthentication").SingleOrDefault()?.Name(),
                (string?)trigger["authenticationRef"]?["name"]
            );
        }
    }

    [Fact]
    public void KEDA_checks_the_brokers_with_the_companys_certificates_and_has_a_login_of_its_own()
    {
        var authentication = chart["prod"].Find("TriggerAuthentication")["spec"]!;

        Assert.Equal("company-ca", (string?)Assert.Single(authentication["configMapTargetRef"]!.AsArray())!["name"]);
        Assert.All(
            authentication["secretTargetRef"]!.AsArray(),
            parameter => Assert.Equal("coffeebuddy-keda", (string?)parameter!["name"])
        );
        Assert.Equal(
            "coffeebuddy-keda",
            (string?)chart["prod"].Find("VaultStaticSecret", "-keda")["spec"]!["destination"]!["name"]
        );
    }

    [GeneratedRegex("^---\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Separator();
}
