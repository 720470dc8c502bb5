namespace CoffeeBuddy.Deployment;

/// <summary>TLS of the workers' port.</summary>
public sealed class TlsTests(Chart chart)
{
    [Theory]
    [InlineData("default", "https", 8443, 443)]
    [InlineData("test", "https", 8443, 443)]
    [InlineData("prod", "https", 8443, 443)]
    [InlineData("dev", "http", 8080, 80)]
    public void Workers_probes_services_and_the_test_use_one_scheme(string set, string scheme, int listens, int port)
    {
        var settings = chart[set].Find("ConfigMap", "coffeebuddy")["data"]!;
        Assert.Equal($"{scheme}://+:{listens};{scheme}://+:9090", (string?)settings["ASPNETCORE_URLS"]);
        Assert.Equal(scheme == "https", settings["Https__CertificateFile"] is not null);
        foreach (var pod in chart[set].Pods.Where(pod => pod.Owner.StartsWith("Deployment ", StringComparison.Ordinal)))
        {
            Assert.Equal([(scheme, listens), ("management", 9090)], PortsOf(pod));
            foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
                Assert.Equal(scheme == "https" ? "HTTPS" : null, (string?)pod.Container[probe]!["httpGet"]!["scheme"]);
        }

        var service = chart[set].Find("Service", $"-{scheme}");
        Assert.Equal(port, (int)service["spec"]!["ports"]![0]!["port"]!);
        Assert.Contains($"{scheme}://coffeebuddy-{scheme}\n", chart[set].Text, StringComparison.Ordinal);
        if (set != "dev")
        {
            Assert.Equal("https", (string?)service["metadata"]!["annotations"]!["konghq.com/protocol"]);
            Assert.Equal(
                "https",
                (string?)chart[set].Find("ServiceMonitor", "coffeebuddy")["spec"]!["endpoints"]![0]!["scheme"]
            );
        }
    }

    /// <summary>
    /// Before, during and after each step, old and new pods serve what Kong uses: a step changes either what the pods
    /// serve or what Kong uses, or takes away what nobody uses any more. Backwards the same holds.
    /// </summary>
    [Fact]
    public async Task A_running_release_gets_https_in_steps_of_which_none_fails_a_request()
    {
        const string plaintext = "settings.Tls__AllowPlaintext=Http";
        Rendering[] steps =
        [
            await WithAsync(plaintext, "tls.enabled=false"),
            await WithAsync(plaintext, "tls.transition=http"),
            await WithAsync(plaintext, "tls.transition=https"),
            chart["default"],
        ];

        Assert.Equal(["http", "http", "https", "https"], steps.Select(UsedByKong));
        foreach (var (before, after) in steps.Zip(steps.Skip(1)))
        {
            // For a while there are pods of both.
            Assert.Contains(UsedByKong(before), SchemesOf(after));
            Assert.Contains(UsedByKong(after), SchemesOf(before));
        }

        // A Service never changes from one to the other, because Kong reads it and its endpoints at different times.
        foreach (var services in steps.SelectMany(step => step.OfKind("Service")).GroupBy(service => service.Name()))
            Assert.Single(
                services
                    .Select(service =>
                        (
                            service["spec"]!["ports"]!.ToJsonString(),
                            (string?)service["metadata"]!["annotations"]?["konghq.com/protocol"]
                        )
                    )
                    .Distinct()
            );
    }

    [Fact]
    public void Kong_presents_its_certificate_and_verifies_the_workers_in_production()
    {
        var annotations = chart["prod"].Find("Service", "-https")["metadata"]!["annotations"]!;

        Assert.Equal("true", (string?)annotations["konghq.com/tls-verify"]);
        Assert.Equal("company-ca", (string?)annotations["konghq.com/ca-certificates-secrets"]);
        Assert.Equal("kong-client", (string?)annotations["konghq.com/client-cert"]);
        Assert.Equal(
            "/etc/coffeebuddy/client-ca/ca.crt",
            (string?)chart["prod"].Find("ConfigMap", "coffeebuddy")["data"]!["Https__ClientCaFile"]
        );
    }

    [Theory]
    [InlineData("tls.enabled=false", "Http in Tls__AllowPlaintext")]
    [InlineData("kafka.securityProtocol=SaslPlaintext", "Kafka in Tls__AllowPlaintext")]
    [InlineData("tls.clientCa.configMap=ca", "kong.upstream.clientSecret")]
    [InlineData("tls.transition=http", "Http in Tls__AllowPlaintext")]
    [InlineData("tls.transition=http tls.enabled=false", "tls.transition needs tls.enabled")]
    [InlineData(
        "tls.transition=http tls.clientCa.configMap=ca kong.upstream.clientSecret=kong",
        "after tls.transition"
    )]
    [InlineData("tls.clientCa.configMap=ca kong.enabled=false", "test.clientSecret")]
    [InlineData("secrets.source=vault secrets.vault.migrationRole=owner", "secrets.vault.address")]
    [InlineData("secrets.source=vault secrets.vault.address=https://vault:8200", "secrets.vault.migrationRole")]
    [InlineData(
        "secrets.source=vault secrets.vault.address=https://vault:8200 secrets.vault.migrationRole=coffeebuddy",
        "secrets.vault.migrationRole"
    )]
    public async Task What_would_not_start_or_not_be_reached_is_not_rendered(string values, string fault)
    {
        var (code, _, errors) = await NodeTools.HelmAsync(
            4,
            [
                "template",
                "coffeebuddy",
                "helm/coffeebuddy",
                .. Chart.ValuesOf("default"),
                .. Chart.Assigned(values.Split(' ')),
            ]
        );

        Assert.NotEqual(0, code);
        Assert.Contains(fault, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_test_without_Kong_has_a_client_certificate_of_its_own()
    {
        var rendered = await WithAsync(
            "kong.enabled=false",
            "tls.clientCa.configMap=ca",
            "test.clientSecret=coffeebuddy-test-client"
        );

        var volume = Assert.Single(
            rendered.Pods.Single(pod => pod.Owner.StartsWith("Pod ", StringComparison.Ordinal)).Spec[
                "volumes"
            ]!.AsArray(),
            volume => (string?)volume!["name"] == "client"
        );
        Assert.Equal("coffeebuddy-test-client", (string?)volume!["secret"]!["secretName"]);
    }

    private static Task<Rendering> WithAsync(params string[] values) =>
        Chart.RenderAsync([.. Chart.ValuesOf("default"), .. Chart.Assigned(values)]);

    /// <summary>The scheme of all backends of the Ingresses, by the port that their Services lead to.</summary>
    private static string UsedByKong(Rendering rendered) =>
        Assert.Single(
            rendered
                .OfKind("Ingress")
                .Select(ingress => ingress["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"]!)
                .Select(backend =>
                {
                    var service = rendered.OfKind("Service").Single(each => each.Name() == (string?)backend["name"]);
                    var port = Assert.Single(service["spec"]!["ports"]!.AsArray())!;
                    Assert.Equal((string?)backend["port"]!["name"], (string?)port["name"]);
                    var protocol = (string?)service["metadata"]!["annotations"]!["konghq.com/protocol"] ?? "http";
                    Assert.Equal(protocol, (string?)port["targetPort"]);
                    return protocol;
                })
                .Distinct()
        );

    /// <summary>What the pods of the role http serve, and the policy lets in.</summary>
    private static IReadOnlyList<string> SchemesOf(Rendering rendered)
    {
        var pod = rendered.Pods.Single(pod => pod.Owner == "Deployment coffeebuddy-http");
        var schemes = PortsOf(pod).Where(port => port.Name != "management").ToList();
        var addresses = (string)rendered.Find("ConfigMap", "coffeebuddy")["data"]!["ASPNETCORE_URLS"]!;
        Assert.Equal(
            schemes.Select(port => $"{port.Name}://+:{port.Number}"),
            addresses.Split(';').Where(address => !address.EndsWith(":9090", StringComparison.Ordinal))
        );
        var rule = rendered.Find("NetworkPolicy", "-http")["spec"]!["ingress"]!.AsArray()[^1]!;
        Assert.Equal(
            schemes.Select(port => port.Name),
            rule["ports"]!.AsArray().Select(port => (string)port!["port"]!)
        );
        return [.. schemes.Select(port => port.Name)];
    }

    private static IReadOnlyList<(string Name, int Number)> PortsOf(Pod pod) =>
        [.. pod.Container["ports"]!.AsArray().Select(port => ((string)port!["name"]!, (int)port["containerPort"]!))];
}
