using System.Globalization;
using CoffeeBuddy.Observability.Support;

namespace CoffeeBuddy.Observability;

/// <summary>The rules and the dashboard over what a real Prometheus has scraped from the workers.</summary>
[Collection(typeof(SharesWatchedOffice))]
public sealed class ScrapeTests(WatchedOffice office)
{
    private static readonly HashSet<string> Recorded =
    [
        .. Deployed.Rules().Select(rule => (string?)rule["record"]).OfType<string>(),
    ];

    /// <summary>Metrics and labels of kube-state-metrics, which describes the CronJob of the backup.</summary>
    private static readonly string[] OfKubeStateMetrics =
    [
        "kube_cronjob_status_last_successful_time",
        "kube_cronjob_created",
        "cronjob",
    ];

    // ALERTS is Prometheus' own metric.
    private static readonly IReadOnlyList<string> Queries =
    [
        .. Deployed
            .Rules()
            .Select(rule => (string)rule["expr"]!)
            .Concat(Deployed.DashboardQueries())
            .Where(query => !query.StartsWith("ALERTS{", StringComparison.Ordinal)),
    ];

    private static readonly string[] OnlyInBusinessHours = ["error_budget", "availability:4w", "in_business_hours"];

    [Fact]
    public async Task Every_metric_that_is_mentioned_comes_from_the_workers()
    {
        var mentioned = Queries
            .SelectMany(PromQl.Metrics)
            .Distinct()
            .Except(Recorded)
            .Except(OfKubeStateMetrics)
            .ToList();
        Assert.Contains("kafka_consumer_lag", mentioned);

        await NothingAsync(
            async () => mentioned.Except(await NamesAsync("label/__name__/values")),
            "metrics that no worker produces"
        );
    }

    [Fact]
    public async Task Every_label_and_label_value_that_is_mentioned_comes_from_the_workers()
    {
        // Values with wildcards match whatever there is.
        var mentioned = Queries
            .SelectMany(PromQl.Matchers)
            .Where(matcher => !Recorded.Contains(matcher.Metric) && !OfKubeStateMetrics.Contains(matcher.Metric))
            .SelectMany(matcher =>
                (matcher.Value.Contains(".*", StringComparison.Ordinal) ? ".*" : matcher.Value)
                    .Split('|')
                    .Select(value => matcher with { Value = value == "5.." ? "503" : value })
            )
            .Distinct()
            .ToList();
        Assert.Contains(new("coffeebuddy_slack_calls_total", "outcome", "ratelimited"), mentioned);

        await NothingAsync(
            async () =>
                (
                    await Task.WhenAll(
                        mentioned.Select(async matcher =>
                            (
                                matcher,
                                found: await office.Prometheus.QueryAsync(
                                    $"{matcher.Metric}{{{matcher.Label}=~\"{matcher.Value.Replace(".*", ".+", StringComparison.Ordinal)}\"}}"
                                )
                            )
                        )
                    )
                )
                    .Where(answer => answer.found.Count == 0)
                    .Select(answer => $"{answer.matcher}"),
            "labels that no worker produces"
        );
        Assert.Empty(
            Queries
                .SelectMany(PromQl.GroupingLabels)
                .Distinct()
                .Except(OfKubeStateMetrics)
                .Except(await NamesAsync("labels"))
        );
    }

    [Fact]
    public Task Every_rule_evaluates_without_an_error() =>
        NothingAsync(
            async () =>
                (await office.Prometheus.GetAsync("rules"))["groups"]!
                    .AsArray()
                    .SelectMany(group => group!["rules"]!.AsArray())
                    .Where(rule => (string?)rule!["health"] != "ok")
                    .Select(rule => $"{rule!["name"]}: {rule["lastError"]}"),
            "rules that do not evaluate"
        );

    [Fact]
    public async Task Every_query_of_the_dashboard_returns_something()
    {
        var queries = Deployed
            .DashboardQueries()
            .Where(query =>
                !query.StartsWith("ALERTS{", StringComparison.Ordinal)
                && !Array.Exists(OnlyInBusinessHours, name => query.Contains(name, StringComparison.Ordinal))
            )
            .ToList();

        await NothingAsync(
            async () =>
                (
                    await Task.WhenAll(
                        queries.Select(async query => (query, (await office.Prometheus.QueryAsync(query)).Count))
                    )
                )
                    .Where(answer => answer.Count == 0)
                    .Select(answer => answer.query),
            "queries without a result"
        );
    }

    [Fact]
    public async Task No_query_of_the_dashboard_has_an_error()
    {
        foreach (var query in Deployed.DashboardQueries())
            await office.Prometheus.QueryAsync(query);
    }

    [Fact]
    public async Task Each_role_has_one_ready_worker_and_no_alert_fires()
    {
        await NothingAsync(
            async () =>
                WorkerRoles.Functions.Keys.Except(
                    (await office.Prometheus.QueryAsync("coffeebuddy:ready_workers:count == 1")).Select(series =>
                        (string)series!["metric"]!["role"]!
                    )
                ),
            "roles without a ready worker"
        );

        var firing = await office.Prometheus.QueryAsync("ALERTS{alertstate=\"firing\"}");
        Assert.True(firing.Count == 0, firing.ToJsonString());
    }

    [Theory]
    // The last Sundays of March and October are as late as possible, and as early as possible.
    [InlineData(2024, 8784)]
    [InlineData(2027, 8760)]
    [InlineData(2026, 8760)]
    public async Task Business_hours_are_those_of_Berlin_in_every_hour_of_a_year(int year, int hours)
    {
        var offset = Expression("coffeebuddy:utc_offset:seconds");
        var query = Expression("coffeebuddy:business_hours:bool")
            .Replace("coffeebuddy:utc_offset:seconds", $"({offset})", StringComparison.Ordinal);
        var first = new DateTimeOffset(year, 1, 1, 0, 30, 0, TimeSpan.Zero);

        var answer = await office.Prometheus.GetAsync(
            "query_range",
            ("query", query),
            ("start", $"{first.ToUnixTimeSeconds()}"),
            ("end", $"{first.AddYears(1).AddHours(-1).ToUnixTimeSeconds()}"),
            ("step", "1h")
        );
        var values = answer["result"]!.AsArray().Single()!["values"]!.AsArray();

        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Assert.Equal(hours, values.Count);
        Assert.All(
            values,
            value =>
            {
                var local = TimeZoneInfo.ConvertTime(
                    DateTimeOffset.FromUnixTimeSeconds((long)(double)value![0]!),
                    berlin
                );
                Assert.Equal(
                    local.Hour is >= 8 and < 18 && local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
                    (string?)value[1] == "1"
                );
            }
        );
    }

    private static string Expression(string record) =>
        (string)Deployed.Rules().Single(rule => (string?)rule["record"] == record)["expr"]!;

    private static string Text(IEnumerable<string> lines) => string.Join('\n', lines);

    /// <summary>Waits until there are none, because scrapes and rules take seconds. Fails with those that are left.</summary>
    private static async Task NothingAsync(Func<Task<IEnumerable<string>>> find, string what)
    {
        var left = "";
        try
        {
            await Eventually.TrueAsync(async () => (left = Text(await find())).Length == 0, what);
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"There are {what}:\n{left}"));
        }
    }

    private async Task<IEnumerable<string>> NamesAsync(string path) =>
        (await office.Prometheus.GetAsync(path)).AsArray().Select(name => (string)name!);
}
