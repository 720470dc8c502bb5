using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Hosting;
using YamlDotNet.RepresentationModel;

namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>What the gateway lets through, and how.</summary>
public sealed class KongTests
{
    public static TheoryData<string> ServiceNames => [KongFiles.Slack, KongFiles.Api];

    [Fact]
    public void Every_field_is_one_that_Kong_knows()
    {
        var unknown = new List<string>();
        void Check(YamlNode node, string what, string[] known) =>
            unknown.AddRange(node.Keys().Except(known).Select(field => $"{what}: {field}"));

        Check(KongFiles.Root, "root", KongSchema.Root);
        foreach (var service in KongFiles.Services)
            Check(service, "service", KongSchema.Service);
        foreach (var route in KongFiles.Routes)
            Check(route, "route", KongSchema.Route);
        foreach (var consumer in KongFiles.Root.List("consumers"))
        {
            Check(consumer, "consumer", KongSchema.Consumer);
            foreach (var secret in consumer.List("jwt_secrets"))
                Check(secret, "jwt_secret", KongSchema.JwtSecret);
        }

        foreach (var plugin in KongFiles.Plugins)
        {
            var name = plugin.Text("name");
            Check(plugin, name, KongSchema.Plugin);
            Check(plugin.Find("config")!, $"{name}.config", KongSchema.Config[name]);
            foreach (var ((_, field), values) in KongSchema.Values.Where(value => value.Key.Plugin == name))
            {
                if (plugin.Find("config", field) is { } set)
                    unknown.AddRange(Values(set).Except(values).Select(value => $"{name}.config.{field}: {value}"));
            }
        }

        Assert.Empty(unknown);
        Assert.Equal("3.0", KongFiles.Root.Text("_format_version"));
    }

    [Fact]
    public void The_node_has_known_settings_and_loads_exactly_the_plugins_that_are_used()
    {
        Assert.Empty(KongFiles.Node.Keys.Except(KongSchema.Node));
        Assert.Equal(
            KongFiles.Plugins.Select(plugin => plugin.Text("name")).Distinct().Order(StringComparer.Ordinal),
            KongFiles.Node["plugins"].Split(',')
        );
        Assert.Equal("off", KongFiles.Node["admin_listen"]);
    }

    [Fact]
    public void Only_Slacks_addresses_and_the_API_are_reachable()
    {
        Assert.Equal(["/slack/", "/api/v1/"], KongFiles.Routes.SelectMany(route => route.Texts("paths")));
        Assert.All(
            KongFiles.Routes,
            route =>
            {
                Assert.Equal(["https"], route.Texts("protocols"));
                Assert.Equal("false", route.Text("strip_path"));
            }
        );
    }

    [Fact]
    public void Every_HTTP_function_is_reachable_with_its_methods_and_no_other_method_is()
    {
        var functions = HttpFunctions.All;
        Assert.NotEmpty(functions);

        var served = functions.Select(function =>
        {
            var route = KongFiles.Routes.Single(route =>
                route.Texts("paths").Any(path => $"/{function.Route}".StartsWith(path, StringComparison.Ordinal))
            );
            Assert.Subset(route.Texts("methods").ToHashSet(), function.Methods.ToHashSet());
            return (route, function.Methods);
        });

        Assert.All(
            served.GroupBy(pair => pair.route, pair => pair.Methods),
            route =>
                Assert.Equal(
                    route.SelectMany(methods => methods).Distinct().Order(StringComparer.Ordinal),
                    route.Key.Texts("methods").Order(StringComparer.Ordinal)
                )
        );
    }

    [Fact]
    public void Slack_gets_an_answer_before_it_gives_up_after_three_seconds()
    {
        var slack = KongFiles.Service(KongFiles.Slack);

        Assert.InRange(slack.Number("connect_timeout") + slack.Number("read_timeout"), 2000, 2999);
        Assert.InRange(slack.Number("write_timeout"), 1, 2999);
    }

    [Fact]
    public void The_API_waits_longer_than_a_change_takes_at_most()
    {
        var api = KongFiles.Service(KongFiles.Api);

        Assert.True(api.Number("read_timeout") > TimeBudget.RunAction.TotalMilliseconds);
    }

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void The_workers_are_called_over_https_and_verified(string service)
    {
        var workers = KongFiles.Service(service);

        Assert.Equal(
            ("https", "coffeebuddy-https", 443, "true"),
            (workers.Text("protocol"), workers.Text("host"), workers.Number("port"), workers.Text("tls_verify"))
        );
        Assert.NotEmpty(KongFiles.Node["nginx_proxy_proxy_ssl_trusted_certificate"]);
    }

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void No_request_is_sent_twice(string service)
    {
        Assert.Equal(0, KongFiles.Service(service).Number("retries"));
    }

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void A_person_may_send_a_hundred_requests_in_a_minute_and_is_never_counted_by_address(string service)
    {
        var limit = KongFiles.Plugin(service, "rate-limiting").Find("config")!;

        Assert.Equal(100, limit.Number("minute"));
        Assert.Equal("header", limit.Text("limit_by"));
        Assert.Contains(
            $"kong.service.request.set_header(\"{limit.Text("header_name")}\"",
            KongFiles.Plugin(service, "pre-function").Texts("config", "access").Single(),
            StringComparison.Ordinal
        );
        Assert.Equal("local", limit.Text("policy"));
    }

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void A_body_has_at_most_one_megabyte_which_is_more_than_the_worker_accepts(string service)
    {
        var limit = KongFiles.Plugin(service, "request-size-limiting").Find("config")!;

        Assert.Equal(("1", "megabytes"), (limit.Text("allowed_payload_size"), limit.Text("size_unit")));
        Assert.Equal("1m", KongFiles.Node["nginx_http_client_max_body_size"]);
        // A larger body is on disk, where pre-function cannot read the person from it.
        Assert.Equal("1m", KongFiles.Node["nginx_http_client_body_buffer_size"]);
        Assert.InRange(RequestBody.MaxBytes, 1, 1 << 20);
    }

    [Fact]
    public void The_API_accepts_signed_unexpired_tokens_of_the_Authorization_header_only()
    {
        var jwt = KongFiles.Plugin(KongFiles.Api, "jwt").Find("config")!;

        Assert.Equal(["exp"], jwt.Texts("claims_to_verify"));
        Assert.Equal(["authorization"], jwt.Texts("header_names"));
        Assert.Empty(jwt.Texts("uri_param_names"));
        Assert.Empty(jwt.Texts("cookie_names"));
        Assert.Null(jwt.Find("anonymous"));
        Assert.DoesNotContain(
            KongFiles.Service(KongFiles.Slack).List("plugins"),
            plugin => plugin.Text("name") == "jwt"
        );
    }

    [Theory]
    [InlineData(KongFiles.Slack, "/slack/")]
    [InlineData(KongFiles.Api, "/api/v1/")]
    public void The_Ingress_Controller_applies_the_same_plugins(string service, string prefix)
    {
        var text = File.ReadAllText(Repository.File("deploy", "kong", "plugins.yaml"));
        var names = text.Split($"#   {prefix}: [")[1].Split(']')[0].Split(", ");
        var plugins = Yaml.Read("deploy", "kong", "plugins.yaml")
            .ToDictionary(plugin => plugin.Text("metadata", "name"));
        var expected = KongFiles
            .Service(service)
            .List("plugins")
            .Concat(KongFiles.Root.List("plugins"))
            .Where(plugin => plugin.Text("name") != "prometheus")
            .ToDictionary(plugin => plugin.Text("name"), plugin => plugin.Find("config"));

        Assert.Equal(
            expected,
            names
                .Select(name => plugins[name])
                .ToDictionary(plugin => plugin.Text("plugin"), plugin => plugin.Find("config"))
        );
        Assert.All(
            plugins.Values,
            plugin =>
            {
                Assert.Equal(["apiVersion", "kind", "metadata", "plugin", "config"], plugin.Keys());
                Assert.Equal("configuration.konghq.com/v1", plugin.Text("apiVersion"));
                Assert.Equal("KongPlugin", plugin.Text("kind"));
            }
        );
    }

    private static IEnumerable<string> Values(YamlNode node) => node is YamlSequenceNode ? node.Texts() : [node.Text()];
}
