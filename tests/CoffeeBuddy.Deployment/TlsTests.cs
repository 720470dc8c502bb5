namespace CoffeeBuddy.Deployment;

/// <summary>TLS of the workers' port.</summary>
public sealed class TlsTests(Chart chart)
{
    [Theory]
    [InlineData("default", "https", 443)]
    [InlineData("test", "https", 443)]
    [InlineData("prod", "https", 443)]
    [InlineData("dev", "http", 80)]
    public void Workers_probes_services_and_the_test_use_one_scheme(string set, string scheme, int port)
    {
        var settings = chart[set].Find("ConfigMap", "coffeebuddy")["data"]!;
        Assert.Equal($"{scheme}://+:8080;{scheme}://+:9090", (string?)settings["ASPNETCORE_URLS"]);
        Assert.Equal(scheme == "https", settings["Https__CertificateFile"] is not null);
        foreach (var pod in chart[set].Pods.Where(pod => pod.Owner.StartsWith("Deployment ", StringComparison.Ordinal)))
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            Assert.Equal(scheme == "https" ? "HTTPS" : null, (string?)pod.Container[probe]!["httpGet"]!["scheme"]);
        var service = chart[set].Find("Service", "-http");
        Assert.Equal(port, (int)service["spec"]!["ports"]![0]!["port"]!);
        Assert.Contains($"{scheme}://coffeebuddy-http", chart[set].Text, StringComparison.Ordinal);
        if (set != "dev")
        {
            Assert.Equal("https", (string?)service["metadata"]!["annotations"]!["konghq.com/protocol"]);
            Assert.Equal(
                "https",
                (string?)chart[set].Find("ServiceMonitor", "coffeebuddy")["spec"]!["endpoints"]![0]!["scheme"]
            );
        }
    }

    [Fact]
    public void Kong_presents_its_certificate_and_verifies_the_workers_in_production()
    {
        var annotations = chart["prod"].Find("Service", "-http")["metadata"]!["annotations"]!;

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
    [InlineData("secrets.source=vault", "secrets.vault.address")]
    public async Task What_would_not_start_or_not_be_reached_is_not_rendered(string value, string fault)
    {
        var (code, _, errors) = await NodeTools.HelmAsync(
            4,
            ["template", "coffeebuddy", "helm/coffeebuddy", .. Chart.ValuesOf("default"), .. Chart.Assigned(value)]
        );

        Assert.NotEqual(0, code);
        Assert.Contains(fault, errors, StringComparison.Ordinal);
    }
}
