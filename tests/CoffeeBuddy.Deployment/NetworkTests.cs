using System.Globalization;
using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Deployment;

/// <summary>Who reaches what.</summary>
public sealed class NetworkTests(Chart chart)
{
    [Theory]
    [InlineData("default")]
    [InlineData("test")]
    [InlineData("prod")]
    public void Every_pod_has_exactly_one_policy_for_both_directions(string set)
    {
        var policies = chart[set].OfKind("NetworkPolicy").ToList();

        Assert.All(
            chart[set].Pods,
            pod =>
            {
                var policy = Assert.Single(
                    policies,
                    policy =>
                        policy["spec"]!["podSelector"]!["matchLabels"]!
                            .AsObject()
                            .All(label => pod.Labels.GetValueOrDefault(label.Key) == (string)label.Value!)
                );
                Assert.Equal("""["Ingress","Egress"]""", policy["spec"]!["policyTypes"]!.ToJsonString());
                // An empty peer or a rule without peers would allow everybody.
                Assert.All(
                    Rules(policy, "ingress").Concat(Rules(policy, "egress")),
                    rule =>
                    {
                        var peers = (rule["from"] ?? rule["to"])!.AsArray();
                        Assert.NotEmpty(peers);
                        Assert.All(peers, peer => Assert.NotEmpty(peer!.AsObject()));
                        Assert.NotEmpty(rule["ports"]!.AsArray());
                    }
                );
            }
        );
    }

    [Theory]
    [InlineData("http", "53 5432 9093 443 4444 3128")]
    [InlineData("kafka", "53 5432 9093 3128")]
    [InlineData("timer", "53 5432 9093 3128 587")]
    [InlineData("migrate", "53 5432")]
    [InlineData("backup", "53 5432")]
    [InlineData("test", "53 https")]
    public void A_pod_connects_only_to_what_its_role_uses(string component, string ports)
    {
        var policy = chart["prod"].Find("NetworkPolicy", $"-{component}");

        var allowed = Rules(policy, "egress")
            .SelectMany(rule => rule["ports"]!.AsArray())
            .Select(port => port!["port"]!.ToString());

        Assert.Equal(ports.Split(' ').Order(StringComparer.Ordinal), allowed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Vault_Agent_reaches_Vault()
    {
        foreach (var component in (string[])["http", "kafka", "timer", "migrate", "backup"])
        {
            var rules = Rules(chart["test"].Find("NetworkPolicy", $"-{component}"), "egress");
            Assert.Contains(rules, rule => (int?)rule["ports"]![0]!["port"]!.AsValue() == 8200);
        }
    }

    [Theory]
    [InlineData("http", 2)]
    [InlineData("kafka", 1)]
    [InlineData("timer", 1)]
    [InlineData("migrate", 0)]
    [InlineData("backup", 0)]
    [InlineData("test", 0)]
    public void Only_the_role_http_is_reached_by_anybody_but_Prometheus(string component, int rules)
    {
        var ingress = Rules(chart["prod"].Find("NetworkPolicy", $"-{component}"), "ingress").ToList();

        Assert.Equal(rules, ingress.Count);
        if (rules > 0)
            Assert.Equal(
                "monitoring",
                (string?)ingress[0]["from"]![0]!["namespaceSelector"]!["matchLabels"]!["kubernetes.io/metadata.name"]
            );
    }

    [Fact]
    public void The_gateway_reaches_the_functions_and_none_of_the_hosts_own_endpoints()
    {
        var paths = chart["prod"]
            .OfKind("Ingress")
            .SelectMany(ingress => ingress["spec"]!["rules"]!.AsArray())
            .SelectMany(rule => rule!["http"]!["paths"]!.AsArray())
            .Select(path => (Type: (string?)path!["pathType"], Path: (string)path["path"]!))
            .ToList();
        var routes = FunctionTriggers
            .Of<HttpTriggerAttribute>()
            .Select(trigger => trigger.Route)
            .OfType<string>()
            .ToList();

        Assert.Equal([("Prefix", "/api/v1/"), ("Prefix", "/slack/")], paths);
        Assert.NotEmpty(routes);
        Assert.All(routes, route => Assert.True(IsReached($"/{route}"), route));
        Assert.All(
            (string[])["/healthz/live", "/healthz/ready", "/metrics", "/admin/host/ping", "/"],
            path => Assert.False(IsReached(path), path)
        );

        bool IsReached(string path) => paths.Exists(prefix => path.StartsWith(prefix.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void The_gateway_gives_up_before_Slack_and_repeats_nothing()
    {
        Assert.InRange(Timeout("-slack", "connect") + Timeout("-slack", "read"), 2000, 2999);
        Assert.InRange(Timeout("-slack", "write"), 1, 2999);
        Assert.True(Timeout("-api", "read") > TimeBudget.RunAction.TotalMilliseconds);
        Assert.All((string[])["-slack", "-api"], ingress => Assert.Equal("0", Annotation(ingress, "retries")));

        int Timeout(string ingress, string part) =>
            int.Parse(Annotation(ingress, $"{part}-timeout"), CultureInfo.InvariantCulture);

        string Annotation(string ingress, string name)
        {
            var path = chart["prod"].Find("Ingress", ingress)["spec"]!["rules"]![0]!["http"]!["paths"]![0]!;
            var service = chart["prod"].Find("Service", (string)path["backend"]!["service"]!["name"]!);
            return (string)service["metadata"]!["annotations"]![$"konghq.com/{name}"]!;
        }
    }

    [Fact]
    public async Task The_gateway_applies_its_plugins_and_further_ones_to_their_prefix()
    {
        var rendering = await Chart.RenderAsync([
            .. Chart.ValuesOf("prod"),
            .. Chart.Assigned("kong.plugins.slack={ip-list}", "kong.plugins.api={acl,log}"),
        ]);
        var plugins = rendering.OfKind("KongPlugin").ToDictionary(plugin => plugin.Name());
        string[] common = ["coffeebuddy-rate-limit", "coffeebuddy-size-limit", "coffeebuddy-correlation-id"];

        Assert.Equal(["coffeebuddy-slack-key", .. common, "ip-list"], PluginsOf("-slack"));
        Assert.Equal(["coffeebuddy-jwt", "coffeebuddy-api-key", .. common, "acl", "log"], PluginsOf("-api"));
        Assert.Equal(
            plugins.Keys.Order(),
            PluginsOf("-slack").Union(PluginsOf("-api")).Except(["ip-list", "acl", "log"]).Order()
        );
        Assert.Equal("jwt", (string?)plugins["coffeebuddy-jwt"]["plugin"]);
        Assert.Equal(100, (int?)plugins["coffeebuddy-rate-limit"]["config"]!["minute"]);

        IReadOnlyList<string> PluginsOf(string ingress)
        {
            var annotations = rendering.Find("Ingress", ingress)["metadata"]!["annotations"]!;
            return ((string)annotations["konghq.com/plugins"]!).Split(',');
        }
    }

    [Fact]
    public void Prometheus_finds_the_workers_of_all_roles()
    {
        var monitor = chart["prod"].Find("ServiceMonitor")["spec"]!;
        var service = chart["prod"].Find("Service", "-metrics");
        var selected = chart["prod"]
            .Pods.Where(pod =>
                service["spec"]!["selector"]!
                    .AsObject()
                    .All(label => pod.Labels.GetValueOrDefault(label.Key) == (string)label.Value!)
            )
            .Select(pod => pod.Owner);

        Assert.Equal(
            ["Deployment coffeebuddy-http", "Deployment coffeebuddy-kafka", "Deployment coffeebuddy-timer"],
            selected
        );
        Assert.Equal(
            service["metadata"]!["labels"]!.ToJsonString(),
            monitor["selector"]!["matchLabels"]!.ToJsonString()
        );
        Assert.Equal("/metrics", (string?)monitor["endpoints"]![0]!["path"]);
        Assert.Equal("management", (string?)monitor["endpoints"]![0]!["port"]);
    }

    [Fact]
    public void Probes_and_metrics_have_a_port_that_only_Prometheus_reaches()
    {
        IEnumerable<string?> Opened(string role) =>
            Rules(chart["prod"].Find("NetworkPolicy", $"-{role}"), "ingress")
                .Select(rule => (string?)Assert.Single(rule["ports"]!.AsArray())!["port"]);
        Assert.Equal(["management"], Opened("kafka"));
        Assert.Equal(["management"], Opened("timer"));
        Assert.Equal(["management", "https"], Opened("http"));
        Assert.NotEqual(
            Rules(chart["prod"].Find("NetworkPolicy", "-http"), "ingress").First()["from"]!.ToJsonString(),
            Rules(chart["prod"].Find("NetworkPolicy", "-http"), "ingress").Last()["from"]!.ToJsonString()
        );
        Assert.Equal(
            ["management"],
            chart["prod"].Find("Service", "-metrics")["spec"]!["ports"]!
                .AsArray()
                .Select(port => (string?)port!["name"])
        );
        Assert.All(
            (string[])["-https", "-https-api"],
            service =>
                Assert.Equal(
                    ["https"],
                    chart["prod"].Find("Service", service)["spec"]!["ports"]!
                        .AsArray()
                        .Select(port => (string?)port!["targetPort"])
                )
        );
    }

    private static IEnumerable<JsonNode> Rules(JsonNode policy, string direction) =>
        (policy["spec"]![direction] as JsonArray ?? []).Select(rule => rule!);
}
