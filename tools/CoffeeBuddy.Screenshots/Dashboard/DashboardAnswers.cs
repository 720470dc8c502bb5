using System.Text.Json.Nodes;

namespace CoffeeBuddy.Screenshots.Dashboard;

/// <summary>The dashboard with the answers of Prometheus: each query's series are its <c>result</c>.</summary>
internal static class DashboardAnswers
{
    /// <summary>
    /// Asks for all times of the range, also for panels of type "stat": Grafana shows their last value, and a line.
    /// </summary>
    public static async Task<JsonNode> AskAsync(PrometheusServer prometheus, TimeRange range)
    {
        var dashboard = Deployed.Dashboard();
        foreach (var query in Deployed.Queries(dashboard))
        {
            var answer = await prometheus.GetAsync(
                "query_range",
                ("query", Deployed.Expression(query, TimeRange.RateInterval)),
                ("start", $"{range.From}"),
                ("end", $"{range.To}"),
                ("step", $"{TimeRange.Step.TotalSeconds}")
            );
            query["result"] = answer["result"]!.DeepClone();
        }

        return dashboard;
    }

    /// <summary>The titles of panels whose queries have no series.</summary>
    public static IEnumerable<string> Empty(JsonNode dashboard) =>
        dashboard["panels"]!
            .AsArray()
            .Where(panel => panel!["targets"] is JsonArray targets && targets.All(HasNoSeries))
            .Select(panel => (string)panel!["title"]!);

    private static bool HasNoSeries(JsonNode? query) => query!["result"]!.AsArray().Count == 0;
}
