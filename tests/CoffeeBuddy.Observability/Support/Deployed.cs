using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace CoffeeBuddy.Observability.Support;

/// <summary>The rules and the dashboard that operators install.</summary>
internal static class Deployed
{
    public static string RulesFile { get; } = Repository.File("deploy", "prometheus", "coffeebuddy.rules.yaml");

    public static string DashboardFile { get; } = Repository.File("deploy", "grafana", "coffeebuddy.json");

    public static IReadOnlyList<string> RuleTestFiles { get; } =
        Directory.GetFiles(Repository.File("deploy", "prometheus", "tests"), "*.yaml");

    public static IReadOnlyList<JsonNode> Rules() =>
        [.. Yaml(RulesFile)["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    public static IReadOnlyList<JsonNode> Alerts() => [.. Rules().Where(rule => rule["alert"] is not null)];

    /// <summary>The queries of the dashboard's panels and annotations, with Grafana's variables replaced.</summary>
    public static IReadOnlyList<string> DashboardQueries()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(DashboardFile))!;
        return
        [
            .. dashboard["panels"]!
                .AsArray()
                .SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
                .Concat(dashboard["annotations"]!["list"]!.AsArray())
                .Select(query => (string)query!["expr"]!)
                .Select(query =>
                    query
                        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                        .Replace("$namespace", ".*", StringComparison.Ordinal)
                ),
        ];
    }

    /// <summary>The file as JSON; every scalar is a string.</summary>
    public static JsonNode Yaml(string file)
    {
        using var reader = File.OpenText(file);
        var document = new DeserializerBuilder().Build().Deserialize(reader);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document))!;
    }
}
