using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Operations;

/// <summary>The metrics of each role, read as strictly as Prometheus does.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class MetricsTests(WholeOffice office)
{
    public static TheoryData<string> Roles => [.. WorkerRoles.Functions.Keys];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Every_role_shows_its_metrics_before_their_first_use(string role)
    {
        var metrics = await office.MetricsAsync(role);

        // Used by one role, shown by all.
        foreach (var outcome in (string[])["placed", "replaced", "unchanged", "withdrawn", "invalid"])
            Assert.True(metrics.Has("coffeebuddy_orders_total", $"outcome=\"{outcome}\""), outcome);
        foreach (var change in (string[])["created", "completed", "cancelled"])
            Assert.True(metrics.Has("coffeebuddy_runs_total", $"change=\"{change}\""), change);
        foreach (var outcome in (string[])["sent", "failed", "refused", "unknown", "no_address"])
            Assert.True(metrics.Has("coffeebuddy_emails_total", $"outcome=\"{outcome}\""), outcome);
        foreach (
            var name in (string[])
                [
                    "coffeebuddy_assignments_total",
                    "coffeebuddy_order_to_assignment_seconds_count",
                    "coffeebuddy_outbox_pending",
                    "coffeebuddy_database_breaker_state",
                    "coffeebuddy_assignment_spread_runs_count",
                    "functions_host_ready",
                ]
        )
            Assert.True(metrics.Has(name), name);
        foreach (var function in WorkerRoles.Functions[role])
        {
            Assert.True(
                metrics.Has("functions_invocations_total", $"function=\"{function}\"", "outcome=\"failure\""),
                function
            );
            Assert.True(metrics.Has("functions_dead_lettered_total", $"function=\"{function}\""), function);
        }
    }

    [Fact]
    public async Task A_run_shows_in_the_metrics_of_the_workers_that_did_the_work()
    {
        var assigned = await AssignedAsync("coffeebuddy_assignments_total");
        foreach (var person in (SlackPerson[])[office.Act("Noor"), office.Act("Priya"), office.Act("Mateo")])
        {
            await person.CommandAsync("metrics", "/coffee");
            var answer = await person.SubmitAsync(("drink:0", "Latte"), ("size:0", "Large"));
            Assert.True((bool?)answer["closed"], answer.ToJsonString());
        }

        await office
            .Act("Noor")
            .WaitToSeeAsync(
                "metrics",
                message => message.Shown.Contains("goes.", StringComparison.Ordinal),
                Guard.Timeout
            );

        var http = await office.MetricsAsync();
        Assert.True(
            http.Value("coffeebuddy_command_duration_seconds_count", "command=\"/coffee\"", "outcome=\"created\"") >= 1
        );
        Assert.True(
            http.Value("coffeebuddy_command_duration_seconds_count", "command=\"/coffee\"", "outcome=\"joined\"") >= 2
        );
        Assert.True(
            http.Value("coffeebuddy_command_duration_seconds_count", "command=\"order\"", "outcome=\"placed\"") >= 3
        );
        Assert.True(http.Value("coffeebuddy_orders_total", "outcome=\"placed\"") >= 3);
        Assert.True(http.Value("coffeebuddy_runs_total", "change=\"created\"") >= 1);
        Assert.True(http.Value("coffeebuddy_slack_calls_total", "method=\"views.open\"", "outcome=\"ok\"") >= 3);
        Assert.Equal(
            http.Value("coffeebuddy_slack_calls_total", "method=\"views.open\""),
            http.Value("coffeebuddy_slack_call_duration_seconds_count", "method=\"views.open\"")
        );
        Assert.True(
            http.Value("functions_invocations_total", "function=\"SlackCommands\"", "outcome=\"success\"") >= 3
        );

        await Eventually.TrueAsync(
            async () =>
                (await office.MetricsAsync(WorkerRoles.Kafka)).Value(
                    "functions_invocations_total",
                    "function=\"ProcessOrders\"",
                    "outcome=\"success\""
                ) >= 1,
            "the orders are processed"
        );
        var kafka = await office.MetricsAsync(WorkerRoles.Kafka);
        Assert.Equal(assigned + 1, await AssignedAsync("coffeebuddy_assignments_total"));
        Assert.Equal(assigned + 1, await AssignedAsync("coffeebuddy_order_to_assignment_seconds_count"));
        Assert.Equal(assigned + 1, await AssignedAsync("coffeebuddy_assignment_spread_runs_count"));
        Assert.True(kafka.Value("coffeebuddy_slack_calls_total", "method=\"chat.postMessage\"", "outcome=\"ok\"") >= 3);
        // Measured every 5 s.
        foreach (var topic in (string[])["coffee.orders", "coffee.assignments", "coffee.completions", "slack.events"])
            await Eventually.TrueAsync(
                async () =>
                    (await office.MetricsAsync(WorkerRoles.Kafka)).Samples.Count(sample =>
                        sample.Name == "kafka_consumer_lag"
                        && sample.Labels.Contains($"topic=\"{topic}\"", StringComparison.Ordinal)
                    ) == 12,
                $"the lag of {topic} is shown"
            );
        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync(WorkerRoles.Kafka)).Value("kafka_consumer_lag") == 0,
            "nothing is left to do"
        );
        await Eventually.TrueAsync(
            async () =>
                (await office.MetricsAsync(WorkerRoles.Timer)).Value(
                    "functions_invocations_total",
                    "function=\"PublishOutbox\"",
                    "outcome=\"success\""
                ) >= 1,
            "the sweep ran"
        );
    }

    [Fact]
    public async Task No_label_contains_an_id_a_drink_or_a_run()
    {
        foreach (var role in WorkerRoles.Functions.Keys)
            Assert.DoesNotContain(
                (await office.MetricsAsync(role)).Samples,
                sample =>
                    sample.Labels.Contains("U0", StringComparison.Ordinal)
                    || sample.Labels.Contains("Latte", StringComparison.Ordinal)
                    || sample.Labels.Contains("-7", StringComparison.Ordinal)
            );
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Every_role_answers_the_probes(string role)
    {
        var http = office.Sandbox.Workers[role].Management;

        foreach (var path in (string[])["healthz/live", "healthz/ready", "admin/host/ping", "metrics"])
            Assert.Equal(200, (int)(await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("Healthy", await http.GetStringAsync("healthz/ready", TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Health_and_metrics_are_not_on_the_port_of_the_functions(string role)
    {
        var worker = office.Sandbox.Workers[role];

        foreach (var path in (string[])["healthz/live", "healthz/ready", "admin/host/ping", "metrics"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            // The port is that of the connection, whatever the client says.
            request.Headers.Host = worker.ManagementAddress.Authority;
            using var answer = await worker.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)answer.StatusCode);
        }

        foreach (var path in (string[])["api/v1/runs", "api/v1/openapi.json", "slack/commands"])
            Assert.Equal(
                404,
                (int)(await worker.Management.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode
            );
    }

    [Fact]
    public async Task A_role_serves_its_own_functions_only()
    {
        foreach (var role in (string[])[WorkerRoles.Kafka, WorkerRoles.Timer])
            Assert.Equal(
                404,
                (int)
                    (
                        await office
                            .Sandbox.Workers[role]
                            .Http.GetAsync("api/v1/runs", TestContext.Current.CancellationToken)
                    ).StatusCode
            );
        Assert.False((await office.MetricsAsync()).Has("functions_invocations_total", "function=\"PublishOutbox\""));
    }

    // Either the sweep or the function that processes an order assigns.
    private async Task<double> AssignedAsync(string metric) =>
        (await office.MetricsAsync(WorkerRoles.Kafka)).Value(metric)
        + (await office.MetricsAsync(WorkerRoles.Timer)).Value(metric);
}
