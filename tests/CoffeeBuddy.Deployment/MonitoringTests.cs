namespace CoffeeBuddy.Deployment;

/// <summary>Alerts and dashboard.</summary>
public sealed class MonitoringTests(Chart chart)
{
    [Fact]
    public void They_are_installed_as_they_are_in_the_files()
    {
        var rendering = chart["prod"];

        Assert.Contains(ChartFiles.Rules.Indented(2), rendering.Text, StringComparison.Ordinal);
        var rule = rendering.Find("PrometheusRule");
        Assert.Equal("prometheus", (string?)rule["metadata"]!["labels"]!["release"]);
        Assert.NotEmpty(rule["spec"]!["groups"]!.AsArray());
        var dashboard = rendering.Find("ConfigMap", "-dashboard");
        Assert.Equal(ChartFiles.Dashboard.Content.Trim(), (string?)dashboard["data"]!["coffeebuddy.json"]);
        Assert.Equal("1", (string?)dashboard["metadata"]!["labels"]!["grafana_dashboard"]);
    }

    [Fact]
    public void The_alerts_know_the_workers_by_their_job()
    {
        var monitor = chart["prod"].Find("ServiceMonitor")["spec"]!;
        var label = (string)monitor["jobLabel"]!;

        Assert.Contains("job=~\".*coffeebuddy.*\"", ChartFiles.Rules.Content, StringComparison.Ordinal);
        Assert.Equal("coffeebuddy", (string?)chart["prod"].Find("Service", "-metrics")["metadata"]!["labels"]![label]);
    }

    [Fact]
    public async Task They_are_not_installed_without_the_operator()
    {
        var rendering = await Chart.RenderAsync([
            .. Chart.ValuesOf("prod"),
            .. Chart.Assigned("monitoring.enabled=false"),
        ]);

        Assert.Empty(rendering.OfKind("PrometheusRule"));
        Assert.Empty(rendering.OfKind("ServiceMonitor"));
        Assert.DoesNotContain("coffeebuddy.json", rendering.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("monitoring", rendering.Text, StringComparison.Ordinal);
    }
}
