using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;
using SlackSimulator;

namespace CoffeeBuddy.Reliability;

/// <summary>All of Kafka is lost and made anew: no record and no offset is left, and the outbox holds everything for published.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class KafkaLossTests(WholeOffice office) : IAsyncLifetime
{
    private static readonly string[] Roles = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    private readonly SlackPerson _noor = office.Act("Noor");
    private readonly string[] _people = ["Noor", "Freya", "Priya"];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(
            Roles
                .Where(role => !office.Sandbox.Workers.ContainsKey(role))
                .Select(role => office.Sandbox.StartWorkerAsync(role))
        );

    [Fact]
    public async Task Every_open_run_is_brought_to_its_end()
    {
        var channels = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.NewChannelAsync()));
        var (full, fresh, done, changed) = (channels[0], channels[1], channels[2], channels[3]);
        var doneRun = await office.OpenRunAsync(done, _noor);
        await OrderAsync(office.Api, doneRun, _people);
        await SeesAsync(done, " goes.*");
        var changedRun = await office.OpenRunAsync(changed, _noor);
        await _noor.SeesAnnouncementAsync(changed);

        // What happens now gets as far as Kafka, and no farther.
        await office.NothingPendingAsync();
        await Task.WhenAll(
            office.Sandbox.StopWorkerAsync(WorkerRoles.Kafka),
            office.Sandbox.StopWorkerAsync(WorkerRoles.Timer)
        );
        var fullRun = await office.OpenRunAsync(full, _noor);
        await OrderAsync(office.Api, fullRun, _people);
        var freshRun = await office.OpenRunAsync(fresh, _noor);
        await OrderAsync(office.Api, changedRun, ["Freya"]);
        await CloseAsync(office.Api, doneRun, "complete");
        await office.NothingPendingAsync();
        await office.Sandbox.StopWorkerAsync(WorkerRoles.Http);

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

            // And on to their end, by the new Kafka.
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
            OfficeExtensions.Patience
        );

    private async Task OrderAsync(ApiClient api, Guid run, string[] people)
    {
        foreach (var person in people)
            (await api.OrderAsync(office.Service(), run.ToString(), office.Act(person).Id)).Is(201);
    }

    private async Task CloseAsync(ApiClient api, Guid run, string how) =>
        (await api.PatchAsync($"runs/{run}/{how}", office.Service(Caller.AdminScope), new { user_id = _noor.Id })).Is(
            200
        );

    /// <summary>A worker that is told of the new brokers, as an operator would.</summary>
    private Task<WorkerProcess> WorkerAsync(string role, string servers)
    {
        var environment = new Dictionary<string, string?>(office.Environment())
        {
            ["Kafka__BootstrapServers"] = servers,
            ["Slack__BotToken"] = new AppOptions().BotToken,
            ["AzureFunctionsJobHost__extensions__kafka__sessionTimeoutMs"] = "6000",
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
