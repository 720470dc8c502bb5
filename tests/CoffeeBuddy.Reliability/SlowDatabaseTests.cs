using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Processes;
using Npgsql;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Reliability;

/// <summary>
/// A database that is slow but up, under a worker process: nothing is lost, and one run does not hold up the others.
/// </summary>
public sealed class SlowDatabaseTests(RequestsOffice office) : IClassFixture<RequestsOffice>
{
    private const int People = 300;

    /// <summary>Added to each command that the worker sends to PostgreSQL.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    /// <summary>Slack gives up on a submission after 3 s; the person sees an error.</summary>
    private static readonly TimeSpan SlackTimeout = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Of_three_hundred_orders_at_once_in_one_run_all_are_stored_and_other_channels_are_served_meanwhile()
    {
        var database = new NpgsqlConnectionStringBuilder(office.Sandbox.ConnectionString);
        await using var relay = new TcpRelay(database.Port, DelayCommandAsync);
        database.Port = relay.Port;
        await using var worker = await StartWorkerAsync(database.ConnectionString);
        using var slack = new SlackSender(worker.Address);
        var busyRun = await office.Api.OpenRunAsync(office.Service(), office.Act("Noor").Id, office.Channel("general"));
        var otherRun = await office.Api.OpenRunAsync(office.Service(), office.Act("Noor").Id, office.Channel("office"));

        var burst = Enumerable
            .Range(0, People)
            .Select(_ => SubmitAsync(worker.Address, busyRun, office.Channel("general")))
            .ToList();
        var (meanwhile, slowest, states) = (0, TimeSpan.Zero, new HashSet<double>());
        while (await StoredAsync(busyRun) < People)
        {
            var started = Stopwatch.GetTimestamp();
            (await slack.CommandAsync("/coffee", Office.NewUser(), Office.NewChannel())).Is(200);
            var command = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            (await slack.InteractionAsync(Submission(otherRun, office.Channel("office")))).Is(200);
            var order = Stopwatch.GetElapsedTime(started);

            if (await StoredAsync(busyRun) < People)
            {
                meanwhile++;
                slowest = new[] { slowest, command, order }.Max();
            }
            states.Add((await MetricsAsync(worker)).Value("coffeebuddy_database_breaker_state"));
        }

        var answers = await Task.WhenAll(burst);
        TestContext.Current.SendDiagnosticMessage(
            $"{People} orders at once, {Delay.TotalMilliseconds:0} ms a command: all stored, {answers.Count(status => status is null)} after Slack had given up; meanwhile {meanwhile} times a command and an order in other channels, the slowest in {slowest.TotalMilliseconds:0} ms."
        );
        Assert.All(answers, status => Assert.True(status is null or 200, $"answered {status}"));
        Assert.True(meanwhile >= 3, $"Others were served {meanwhile} times before the last order was stored.");
        Assert.Equal([0d], states);
        Assert.Equal(0, (await MetricsAsync(worker)).Value("coffeebuddy_database_unavailable_total"));
        Assert.Equal(
            People,
            await office.Rows.CountAsync("audit_log WHERE run_id = @run AND event_type = 'order_placed'", Of(busyRun))
        );
    }

    /// <summary>The http role, over the relay that delays its commands. Its time limits leave room for a slow machine.</summary>
    private Task<WorkerProcess> StartWorkerAsync(string connectionString)
    {
        var environment = new Dictionary<string, string?>(office.Environment())
        {
            ["ConnectionStrings__CoffeeBuddy"] = connectionString,
            ["CoffeeBuddy__Database__CommandTimeout"] = "00:00:30",
            ["CoffeeBuddy__Database__TotalTimeout"] = "00:01:00",
            ["CoffeeBuddy__Database__ConnectTimeout"] = "00:00:20",
        };
        foreach (var (index, function) in WorkerRoles.Functions[WorkerRoles.Http].Index())
            environment[$"AzureFunctionsJobHost__functions__{index}"] = function;
        return WorkerProcess.StartAsync(
            new("Worker with a slow database", new SandboxOptions().Worker) { Environment = environment },
            TestContext.Current.CancellationToken
        );
    }

    /// <returns>The status; null when Slack would have given up.</returns>
    private static async Task<int?> SubmitAsync(Uri worker, string run, string channel)
    {
        var body = Encoding.UTF8.GetBytes($"payload={Uri.EscapeDataString(Submission(run, channel))}");
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString();
        using var client = new HttpClient { BaseAddress = worker, Timeout = SlackTimeout };
        using var request = new HttpRequestMessage(HttpMethod.Post, "slack/interactions");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(SlackSender.Form);
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", RequestSigner.Sign(SlackSender.Secret, timestamp, body));
        try
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
        catch (TaskCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string Submission(string run, string channel) =>
        SlackPayloads.Submission(run, channel, Office.NewUser(), "somebody");

    private Task<long> StoredAsync(string run) => office.Rows.CountAsync("orders WHERE run_id = @run", Of(run));

    private static object Of(string run) => new { run = Guid.Parse(run) };

    private static async Task<Exposition> MetricsAsync(WorkerProcess worker) =>
        Exposition.Parse(await worker.Management.GetStringAsync("metrics", TestContext.Current.CancellationToken));

    /// <summary>Delays what the worker sends; answers pass at once.</summary>
    private static async Task<bool> DelayCommandAsync(bool fromWorker, CancellationToken end)
    {
        if (fromWorker)
            await Task.Delay(Delay, end);
        return true;
    }
}
