using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Postgres;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>PostgreSQL stops while the workers run, and comes back.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class DatabaseOutageTests(WholeOffice office) : IAsyncLifetime
{
    private const string Breaker = "coffeebuddy_database_breaker_state";

    private readonly string _noor = Office.NewUser();

    public async ValueTask InitializeAsync() => await office.Sandbox.Postgres.StopAsync(PostgresStop.Immediate);

    public async ValueTask DisposeAsync() => await ComeBackAsync();

    [Fact]
    public async Task Requests_get_503_with_retry_after_and_the_breaker_opens()
    {
        var before = (await office.MetricsAsync()).Value(
            "coffeebuddy_database_unavailable_total",
            "function=\"GetPreferences\""
        );

        var first = await office.Api.GetAsync($"users/{_noor}/preferences", office.Service());

        first.IsProblem(
            503,
            "The database cannot be reached.",
            "Try again shortly; with the same Idempotency-Key it is done once."
        );
        Assert.InRange(first.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        var line = await office.Log().WaitAsync(first.TraceId, "Error");
        Assert.DoesNotContain(
            new Npgsql.NpgsqlConnectionStringBuilder(office.Sandbox.ConnectionString).Password!,
            line.ToJsonString(),
            StringComparison.Ordinal
        );
        await Eventually.TrueAsync(
            async () =>
            {
                (await office.Api.GetAsync($"users/{_noor}/preferences", office.Service())).Is(503);
                return (await office.MetricsAsync()).Value(Breaker) == 2;
            },
            "the breaker opens"
        );
        Assert.True(
            (await office.MetricsAsync()).Value("coffeebuddy_database_unavailable_total", "function=\"GetPreferences\"")
                >= before + 2
        );
    }

    [Fact]
    public async Task Slash_commands_and_submissions_get_503()
    {
        var command = await office.Slack.CommandAsync("/coffee", _noor, office.Channel("database"));
        var history = await office.Slack.CommandAsync("/coffee-history", _noor, office.Channel("database"));
        var submission = await office.Slack.InteractionAsync(
            SlackPayloads.Submission(Guid.NewGuid().ToString(), Office.NewChannel(), _noor, "noor")
        );

        Assert.All(
            [command, history, submission],
            answer =>
            {
                answer.IsProblem(503, "The database cannot be reached.");
                Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            }
        );
    }

    [Fact]
    public async Task Requests_without_database_work_are_answered_and_accepted_events_are_processed_afterwards()
    {
        Assert.Empty((await office.Slack.GetAsync("slack/commands?ssl_check=1")).Is(200).Text);
        Assert.Empty((await office.Slack.PostAsync("slack/commands", "ssl_check=1&token=x")).Is(200).Text);
        Assert.Equal(
            "a-challenge",
            (await office.Slack.EventAsync("""{"type":"url_verification","challenge":"a-challenge"}""")).Is(200).Text
        );
        (await office.Slack.CommandAsync("/coffee", _noor, office.Channel("database"), ("text", "help"))).Is(200);
        (await office.Api.GetAsync("openapi.json", token: null)).Is(200);

        var freya = office.Act("Freya");
        await freya.SayAsync("database", $"@{SlackSender.Bot} help");
        await Eventually.TrueAsync(
            () => office.Topics.Read("slack.events", $"T0SIM00001:help:{office.Channel("database")}").Count > 0,
            "the mention is in Kafka"
        );

        await ComeBackAsync();
        await freya.WaitToSeeAsync(
            "database",
            message => message.Text.Contains("/coffee", StringComparison.Ordinal),
            Guard.Timeout
        );
    }

    [Fact]
    public async Task Every_worker_survives_and_recovers()
    {
        var workers = office.Sandbox.Workers.Values.ToList();
        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync(WorkerRoles.Timer)).Value(Breaker) > 0,
            "the breaker of the sweeps opens"
        );
        foreach (var worker in workers)
            Assert.True(
                (
                    await worker.Management.GetAsync("healthz/live", TestContext.Current.CancellationToken)
                ).IsSuccessStatusCode
            );

        await ComeBackAsync();

        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync(WorkerRoles.Timer)).Value(Breaker) == 0,
            "the breaker of the sweeps closes"
        );
        Assert.Equal(0, (await office.MetricsAsync()).Value(Breaker));
        Assert.All(workers, worker => Assert.False(worker.HasExited));
        Assert.Equal(workers, office.Sandbox.Workers.Values);
    }

    private async Task ComeBackAsync()
    {
        if (!office.Sandbox.Postgres.IsRunning)
            await office.Sandbox.Postgres.RestartAsync();
        await Eventually.TrueAsync(
            async () => (await office.Api.GetAsync($"users/{_noor}/preferences", office.Service())).Status == 200,
            "the API answers again"
        );
    }
}
