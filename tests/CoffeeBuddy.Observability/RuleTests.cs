using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Observability.Support;

namespace CoffeeBuddy.Observability;

/// <summary>The rules of Prometheus, checked by its own program.</summary>
public sealed partial class RuleTests
{
    public static TheoryData<string> TestFiles => [.. Deployed.RuleTestFiles.Select(file => Path.GetFileName(file))];

    [Fact]
    public Task The_rules_are_valid() => Promtool.RunAsync("check", "rules", "--lint-fatal", Deployed.RulesFile);

    [Theory]
    [MemberData(nameof(TestFiles))]
    public Task The_rules_pass_their_tests(string file) =>
        Promtool.RunAsync("test", "rules", Repository.File("deploy", "prometheus", "tests", file));

    [Fact]
    public void Every_alert_is_seen_firing_and_not_firing()
    {
        var seen = Deployed
            .RuleTestFiles.SelectMany(file => Deployed.Yaml(file)["tests"]!.AsArray())
            .SelectMany(test => test!["alert_rule_test"]?.AsArray() ?? [])
            .Select(test => ((string)test!["alertname"]!, IsFiring: test["exp_alerts"]!.AsArray().Count > 0))
            .Distinct();

        Assert.Equal(
            Names(Deployed.Alerts())
                .SelectMany(name => (IEnumerable<(string, bool)>)[(name, false), (name, true)])
                .Order(),
            seen.Order()
        );
    }

    [Fact]
    public void Every_alert_has_a_severity_a_summary_and_a_section_in_the_runbooks()
    {
        var alerts = Deployed.Alerts();
        Assert.All(
            alerts,
            alert =>
            {
                Assert.Contains((string?)alert["labels"]!["severity"], (string[])["critical", "warning"]);
                Assert.NotEmpty((string)alert["annotations"]!["summary"]!);
            }
        );

        // An anchor is the heading in lower case.
        var headings = Heading()
            .Matches(File.ReadAllText(Repository.File("docs", "runbooks.md")))
            .Select(heading => heading.Groups["name"].Value)
            .ToList();
        Assert.Equal(Names(alerts), headings.Order(StringComparer.Ordinal));
        Assert.All(
            alerts,
            alert =>
                Assert.Equal(
                    $"docs/runbooks.md#{((string)alert["alert"]!).ToLowerInvariant()}",
                    (string?)alert["annotations"]!["runbook_url"]
                )
        );
    }

    private static IEnumerable<string> Names(IEnumerable<JsonNode> alerts) =>
        alerts.Select(alert => (string)alert["alert"]!).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("^### (?<name>CoffeeBuddy[A-Za-z]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();
}
