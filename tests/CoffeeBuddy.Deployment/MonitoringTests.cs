namespace CoffeeBuddy.Deployment;

/// <summary>Alerts and dashboard, which the chart installs if it holds their files.</summary>
public sealed class MonitoringTests : IDisposable
{
    private const string Rules = """
        groups:
          - name: coffeebuddy
            rules:
              - alert: WorkerMissing
                expr: up == 0
                annotations:
                  summary: "{{ $labels.instance }} is away"

        """;

    private const string Dashboard = """{"title":"CoffeeBuddy","legend":"{{function}}"}""";

    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("coffeebuddy-chart-");

    [Fact]
    public async Task They_are_installed_as_they_are_in_the_files()
    {
        var rendering = await RenderAsync();

        var rule = Assert.Single(rendering.Find("PrometheusRule")["spec"]!["groups"]![0]!["rules"]!.AsArray())!;
        Assert.Equal("{{ $labels.instance }} is away", (string?)rule["annotations"]!["summary"]);
        Assert.Equal("prometheus", (string?)rendering.Find("PrometheusRule")["metadata"]!["labels"]!["release"]);
        var dashboard = rendering.Find("ConfigMap", "-dashboard");
        Assert.Equal(Dashboard, (string?)dashboard["data"]!["coffeebuddy.json"]);
        Assert.Equal("1", (string?)dashboard["metadata"]!["labels"]!["grafana_dashboard"]);
    }

    [Fact]
    public async Task They_are_not_installed_without_the_operator()
    {
        var rendering = await RenderAsync("monitoring.enabled=false");

        Assert.Empty(rendering.OfKind("PrometheusRule"));
        Assert.Empty(rendering.OfKind("ServiceMonitor"));
        Assert.DoesNotContain("coffeebuddy.json", rendering.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("monitoring", rendering.Text, StringComparison.Ordinal);
    }

    public void Dispose() => _copy.Delete(recursive: true);

    private Task<Rendering> RenderAsync(params string[] values)
    {
        var chart = Repository.File(Chart.Folder);
        foreach (var file in Directory.EnumerateFiles(chart, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_copy.FullName, Path.GetRelativePath(chart, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllText(Path.Combine(_copy.FullName, "files", "coffeebuddy.rules.yaml"), Rules);
        File.WriteAllText(Path.Combine(_copy.FullName, "files", "coffeebuddy.json"), Dashboard);
        return Chart.RenderAsync(_copy.FullName, [.. Chart.ValuesOf("prod"), .. Chart.Assigned(values)]);
    }
}
