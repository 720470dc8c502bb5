using System.Text.RegularExpressions;

namespace CoffeeBuddy.Observability.Support;

/// <summary>A label matcher of a query: <c>metric{label="value"}</c>.</summary>
internal sealed record Matcher(string Metric, string Label, string Value);

/// <summary>What a query mentions. It reads the part of PromQL that the rules and the dashboard use.</summary>
internal static partial class PromQl
{
    private static readonly string[] Keywords = ["and", "or", "unless", "bool", "offset"];

    public static IEnumerable<string> Metrics(string query) =>
        Name()
            .Matches(Grouping().Replace(Range().Replace(Selector().Replace(query, "${metric}"), ""), ""))
            .Select(name => name.Value)
            .Except(Keywords, StringComparer.Ordinal);

    public static IEnumerable<Matcher> Matchers(string query) =>
        from selector in Selector().Matches(query)
        from matcher in LabelMatcher().Matches(selector.Groups["matchers"].Value)
        select new Matcher(
            selector.Groups["metric"].Value,
            matcher.Groups["label"].Value,
            matcher.Groups["value"].Value
        );

    /// <summary>The labels of <c>by (…)</c> and <c>on (…)</c>.</summary>
    public static IEnumerable<string> GroupingLabels(string query) =>
        Grouping()
            .Matches(query)
            .SelectMany(grouping =>
                grouping
                    .Groups["labels"]
                    .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            );

    [GeneratedRegex(@"(?<metric>[a-z_][a-z0-9_:]*)\{(?<matchers>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>[a-z_]+)\s*(=~|!~|!=|=)\s*""(?<value>[^""]*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelMatcher();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|on)\s*\((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    // Not a function, which is followed by a bracket; not the unit of a duration.
    [GeneratedRegex(@"(?<![\w:])[a-z_][a-z0-9_:]*(?![\w:]|\s*\()", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
