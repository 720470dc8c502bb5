namespace CoffeeBuddy.Deployment.Support;

/// <summary>A file of <c>deploy/</c> of which the chart has a copy, because Helm reads no file outside the chart.</summary>
internal sealed record ChartFiles(string Source, string Copy)
{
    public static ChartFiles Rules { get; } = new("deploy/prometheus/coffeebuddy.rules.yaml", "coffeebuddy.rules.yaml");

    public static ChartFiles Dashboard { get; } = new("deploy/grafana/coffeebuddy.json", "coffeebuddy.json");

    public static ChartFiles KongPlugins { get; } = new("deploy/kong/plugins.yaml", "kong-plugins.yaml");

    public static ChartFiles Backup { get; } = new("deploy/postgresql/backup.sh", "backup.sh");

    public string Content { get; } = File.ReadAllText(Repository.File(Source));

    /// <summary>The content as the chart writes it into a manifest.</summary>
    public string Indented(int spaces) =>
        string.Join('\n', Content.Trim().Split('\n').Select(line => new string(' ', spaces) + line));

    public void CheckCopy() => Reviewed.Check($"{Chart.Folder}/files/{Copy}", Content);
}
