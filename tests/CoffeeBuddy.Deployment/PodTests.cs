using System.Text.RegularExpressions;

namespace CoffeeBuddy.Deployment;

/// <summary>How the pods run.</summary>
public sealed partial class PodTests(Chart chart)
{
    public static TheoryData<string> Sets => [.. Chart.Sets];

    private static readonly string[] Roles = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_pod_is_as_restricted_as_Pod_Security_knows(string set)
    {
        Assert.All(
            chart[set].Pods,
            pod =>
            {
                var container = pod.Container["securityContext"]!;
                Assert.True((bool)container["runAsNonRoot"]!);
                Assert.True((bool)container["readOnlyRootFilesystem"]!);
                Assert.False((bool)container["allowPrivilegeEscalation"]!);
                Assert.Equal("""{"drop":["ALL"]}""", container["capabilities"]!.ToJsonString());
                Assert.Equal("RuntimeDefault", (string?)pod.Spec["securityContext"]!["seccompProfile"]!["type"]);
                Assert.NotEqual(0, (int)container["runAsUser"]!);
                string[] allowed = ["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];
                Assert.All(
                    pod.Spec["volumes"]!.AsArray(),
                    volume => Assert.Contains(volume!.AsObject().Single(part => part.Key != "name").Key, allowed)
                );
            }
        );
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void No_container_has_a_token_of_the_cluster(string set)
    {
        Assert.All(
            chart[set].Pods,
            pod =>
            {
                Assert.False((bool)pod.Spec["automountServiceAccountToken"]!);
                Assert.DoesNotContain(
                    pod.Container["volumeMounts"]!.AsArray(),
                    mount => (string?)mount!["name"] == "vault-token"
                );
            }
        );
        Assert.All(
            chart[set].OfKind("ServiceAccount"),
            account => Assert.False((bool)account["automountServiceAccountToken"]!)
        );
        Assert.Empty(chart[set].OfKind("Role").Concat(chart[set].OfKind("ClusterRole")));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Each_role_serves_its_functions(string set)
    {
        foreach (var role in Roles)
        {
            var functions = chart[set].Find("Deployment", $"-{role}")["spec"]!["template"]!["spec"]!["containers"]![0]![
                "env"
            ]!
                .AsArray()
                .Where(variable => ((string)variable!["name"]!).StartsWith(FunctionsVariable, StringComparison.Ordinal))
                .ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!);

            Assert.Equal(
                WorkerRoles.Functions[role].Select((name, index) => ($"{FunctionsVariable}{index}", name)),
                functions.Select(function => (function.Key, function.Value))
            );
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_setting_is_one_that_the_documentation_names(string set)
    {
        var documented = Documentation.Settings();
        var used = chart[set]
            .Pods.Where(pod => pod.IsWorker)
            .SelectMany(pod => pod.VariableNames)
            .Concat(chart[set].Find("ConfigMap", "coffeebuddy")["data"]!.AsObject().Select(setting => setting.Key));

        Assert.Empty(used.Select(Documentation.WithoutIndex).Except(documented, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Chart.Oldest, 0)]
    [InlineData(Chart.Current, 5)]
    public void A_pod_may_take_as_long_to_stop_as_its_worker_drains(string kubernetes, int wait)
    {
        var hostFile = JsonNode.Parse(File.ReadAllText(Repository.File("host.json")))!;
        var timeout = TimeSpan.Parse((string)hostFile["functionTimeout"]!, null);
        var startup = File.ReadAllText(Repository.File("src", "OnPremFunctions", "Hosting", "FunctionsHostStartup.cs"));
        var grace = int.Parse(Grace().Match(startup).Groups["seconds"].ValueSpan, null);

        foreach (var deployment in chart["prod", kubernetes].OfKind("Deployment"))
        {
            var pod = deployment["spec"]!["template"]!["spec"]!;
            Assert.Equal((int)timeout.TotalSeconds + grace + wait, (int)pod["terminationGracePeriodSeconds"]!);
            Assert.Equal(wait, (int?)pod["containers"]![0]!["lifecycle"]?["preStop"]!["sleep"]!["seconds"] ?? 0);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Probes_ask_the_endpoints_that_every_role_serves(string set)
    {
        foreach (var deployment in chart[set].OfKind("Deployment"))
        {
            var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;
            string PathOf(string probe) => (string)container[probe]!["httpGet"]!["path"]!;
            Assert.All(
                (string[])["startupProbe", "livenessProbe", "readinessProbe"],
                probe => Assert.Equal("management", (string?)container[probe]!["httpGet"]!["port"])
            );

            Assert.Equal("/healthz/live", PathOf("startupProbe"));
            Assert.Equal("/healthz/live", PathOf("livenessProbe"));
            Assert.Equal("/healthz/ready", PathOf("readinessProbe"));
        }
    }

    [Fact]
    public void Only_the_role_kafka_is_a_static_member_of_its_groups_named_by_its_pod()
    {
        const string instance = "AzureFunctionsJobHost__extensions__kafka__groupInstanceId";
        var pods = chart["prod"].Pods.Where(pod => pod.VariableNames.Contains(instance)).ToList();

        var variable = Assert.Single(pods).Container["env"]!
            .AsArray()
            .Single(each => (string?)each!["name"] == instance);
        Assert.Equal("Deployment coffeebuddy-kafka", pods[0].Owner);
        Assert.Equal("metadata.name", (string?)variable!["valueFrom"]!["fieldRef"]!["fieldPath"]);
    }

    [Fact]
    public void Three_workers_answer_Slack_on_different_nodes_and_one_at_a_time_is_taken_away()
    {
        var http = chart["default"].Find("Deployment", "-http")["spec"]!;
        var labels = http["selector"]!["matchLabels"]!.ToJsonString();

        Assert.Equal(3, (int)http["replicas"]!);
        var spread = Assert.Single(http["template"]!["spec"]!["topologySpreadConstraints"]!.AsArray())!;
        Assert.Equal("kubernetes.io/hostname", (string?)spread["topologyKey"]);
        Assert.Equal(labels, spread["labelSelector"]!["matchLabels"]!.ToJsonString());
        var budget = chart["default"].Find("PodDisruptionBudget", "-http")["spec"]!;
        Assert.Equal(1, (int)budget["maxUnavailable"]!);
        Assert.Equal(labels, budget["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal(0, (int)http["strategy"]!["rollingUpdate"]!["maxUnavailable"]!);
    }

    [Fact]
    public void What_is_scaled_by_something_else_has_no_number_of_replicas()
    {
        Assert.Null(chart["prod"].Find("Deployment", "-http")["spec"]!["replicas"]);
        Assert.Null(chart["prod"].Find("Deployment", "-kafka")["spec"]!["replicas"]);
        Assert.NotNull(chart["dev"].Find("Deployment", "-kafka")["spec"]!["replicas"]);
        Assert.Equal(
            "coffeebuddy-http",
            (string?)chart["prod"].Find("HorizontalPodAutoscaler")["spec"]!["scaleTargetRef"]!["name"]
        );
    }

    [Fact]
    public async Task The_image_is_named_by_its_digest_where_that_is_known()
    {
        var digest = $"sha256:{new string('a', 64)}";

        var rendering = await Chart.RenderAsync([
            .. Chart.ValuesOf("prod"),
            .. Chart.Assigned($"image.digest={digest}"),
        ]);

        Assert.All(
            rendering.Pods.Where(pod => pod.IsWorker),
            pod => Assert.Equal($"registry.example.com/coffeebuddy@{digest}", (string?)pod.Container["image"])
        );
    }

    private const string FunctionsVariable = "AzureFunctionsJobHost__functions__";

    [GeneratedRegex(
        @"_grace = TimeSpan\.FromSeconds\((?<seconds>\d+)\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Grace();
}
