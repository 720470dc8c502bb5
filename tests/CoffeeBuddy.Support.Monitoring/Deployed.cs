using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace CoffeeBuddy.Support.Monitoring;

/// <summary>The rules and the dashboard that operators install.</summary>
public static class Deployed
{
    public static string RulesFile { get; } = Repository.File("deploy", "prometheus", "coffeebuddy.rules.yaml");

    public static string DashboardFile { get; } = Repository.File("deploy", "grafana", "coffeebuddy.json");

    public static IReadOnlyList<string> RuleTestFiles { get; } =
        Directory.GetFiles(Repository.File("deploy", "prometheus", "tests"), "*.yaml");

    public static IReadOnlyList<JsonNode> Rules() =>
        [.. Yaml(RulesFile)["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    public static IReadOnlyList<JsonNode> Alerts() => [.. Rules().Where(rule => rule["alert"] is not null)];

    /// <summary>A new copy of the dashboard.</summary>
    public static JsonNode Dashboard() => JsonNode.Parse(File.ReadAllText(DashboardFile))!;

    /// <summary>The queries of the dashboard's panels and annotations, with Grafana's variables replaced.</summary>
    public static IReadOnlyList<string> DashboardQueries() =>
        [.. Queries(Dashboard()).Select(query => Expression(query, TimeSpan.FromMinutes(1)))];

    /// <summary>The queries of the panels and annotations.</summary>
    public static IEnumerable<JsonNode> Queries(JsonNode dashboard)
    {
        ArgumentNullException.ThrowIfNull(dashboard);
        return dashboard["panels"]!
            .AsArray()
            .SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
            .Concat(dashboard["annotations"]!["list"]!.AsArray())
            .Select(query => query!);
    }

    /// <summary>The query in PromQL: Grafana's variables are replaced, with all namespaces selected.</summary>
    /// <exception cref="InvalidOperationException">It has a variable that is not known here.</exception>
    public static string Expression(JsonNode query, TimeSpan rateInterval)
    {
        ArgumentNullException.ThrowIfNull(query);
        var expression = ((string)query["expr"]!)
            .Replace("$__rate_interval", $"{rateInterval.TotalSeconds:0}s", StringComparison.Ordinal)
            .Replace("$namespace", ".*", StringComparison.Ordinal);
        return expression.Contains('$', StringComparison.Ordinal)
            ? throw new InvalidOperationException($"A variable is not known: {expression}")
            : expression;
    }

    /// <summary>The file as JSON; every scalar is a string.</summary>
    public static JsonNode Yaml(string file)
    {
        using var reader = File.OpenText(file);
        var document = new DeserializerBuilder().Build().Deserialize(reader);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document))!;
    }
}
