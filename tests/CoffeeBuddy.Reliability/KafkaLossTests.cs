using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using MockKafka;
using SlackSimulator;

namespace CoffeeBuddy.Reliability;

/// <summary>
/// Kafka is replaced by an empty cluster: all records and offsets are lost, and the outbox has all events marked as
/// published.
/// </summary>
public sealed class KafkaLossTests(WholeOffice office) : ReliabilityTest(office)
{
    private static readonly string[] Roles = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    private readonly SlackPerson _noor = office.Act("Noor");
    private readonly string[] _people = ["Noor", "Freya", "Priya"];

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            Roles
                .Where(role => !Office.Sandbox.Workers.ContainsKey(role))
                .Select(role => Office.Sandbox.StartWorkerAsync(role))
        );
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Every_active_run_continues_with_the_new_cluster()
    {
        var channels = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Office.NewChannelAsync()));
        var (full, fresh, done, changed) = (channels[0], channels[1], channels[2], channels[3]);
        var doneRun = await Office.OpenRunAsync(done, _noor);
        await OrderAsync(Office.Api, doneRun, _people);
        await SeesAsync(done, " goes.*");
        var changedRun = await Office.OpenRunAsync(changed, _noor);
        await _noor.SeesAnnouncementAsync(changed);

        // Events are published from here on, but not consumed.
        await Office.NothingPendingAsync();
        await Task.WhenAll(
            Office.Sandbox.StopWorkerAsync(WorkerRoles.Kafka),
            Office.Sandbox.StopWorkerAsync(WorkerRoles.Timer)
        );
        var fullRun = await Office.OpenRunAsync(full, _noor);
        await OrderAsync(Office.Api, fullRun, _people);
        var freshRun = await Office.OpenRunAsync(fresh, _noor);
        await OrderAsync(Office.Api, changedRun, ["Freya"]);
        await CloseAsync(Office.Api, doneRun, "complete");
        await Office.NothingPendingAsync();
        await Office.Sandbox.StopWorkerAsync(WorkerRoles.Http);

        using var kafka = MockKafkaCluster.Start(topics: SandboxOptions.Topics);
        var workers = await Task.WhenAll(Roles.Select(role => WorkerAsync(role, kafka.BootstrapServers)));
        try
        {
            using var api = new ApiClient(workers[0].Address);
            await _noor.SeesAnnouncementAsync(full);
            await SeesAsync(full, "*3 orders");
            await SeesAsync(full, " goes.*");
            await _noor.SeesAnnouncementAsync(fresh);
            await SeesAsync(changed, "*1 order so far*");
            await SeesAsync(done, "The coffee run is complete");

            // The runs end with the new cluster.
            await CloseAsync(api, fullRun, "complete");
            await CloseAsync(api, changedRun, "complete");
            await CloseAsync(api, freshRun, "cancel");
            await SeesAsync(full, "The coffee run is complete");
            await SeesAsync(changed, "The coffee run is complete");
            await SeesAsync(fresh, "cancelled this coffee run");
            foreach (var channel in channels)
                Assert.Single(await _noor.SeesAsync(channel), OfficeExtensions.IsAnnouncement);
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.StopAsync()));
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
    }

    private Task<SeenMessage> SeesAsync(string channel, string text) =>
        _noor.WaitToSeeAsync(
            channel,
            message =>
                message is { IsEphemeral: false, ThreadTs: not null }
                && message.Shown.Contains(text, StringComparison.Ordinal),
            Guard.Timeout
        );

    private async Task OrderAsync(ApiClient api, Guid run, string[] people)
    {
        foreach (var person in people)
            (await api.OrderAsync(Office.Service(), run.ToString(), Office.Act(person).Id)).Is(201);
    }

    private async Task CloseAsync(ApiClient api, Guid run, string how) =>
        (await api.PatchAsync($"runs/{run}/{how}", Office.Service(Caller.AdminScope), new { })).Is(200);

    /// <summary>A worker configured for the new brokers.</summary>
    private Task<WorkerProcess> WorkerAsync(string role, string servers)
    {
        var environment = new Dictionary<string, string?>(Office.Environment())
        {
            ["Kafka__BootstrapServers"] = servers,
            ["Slack__BotToken"] = new AppOptions().BotToken,
            ["Sweep__ReconcileAfter"] = "00:00:05",
        };
        foreach (var (name, value) in WholeOffice.Sweeps)
            environment[name] = value;
        foreach (var (index, function) in WorkerRoles.Functions[role].Index())
            environment[$"AzureFunctionsJobHost__functions__{index}"] = function;
        return WorkerProcess.StartAsync(
            new($"New worker {role}", new SandboxOptions().Worker) { Environment = environment },
            TestContext.Current.CancellationToken
        );
    }
}
