using System.Text.Json;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Upgrade.Support;

namespace CoffeeBuddy.Upgrade;

/// <summary>
/// A release before the newest migration and this one take turns while people order. In Kubernetes:
/// <c>helm upgrade</c>, <c>helm rollback</c>, and <c>helm upgrade</c> again.
/// </summary>
public sealed class UpgradeTests(UpgradeOffice office)
{
    private const int Corners = 3;
    private static readonly string[] Roles = [WorkerRoles.Kafka, WorkerRoles.Timer, WorkerRoles.Http];

    private Corner[] _corners = [];
    private List<Task> _playing = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upgrade_a_rollback_and_an_upgrade_under_load_lose_nothing_repeat_nothing_and_fail_no_request()
    {
        _corners = await Task.WhenAll(Enumerable.Range(0, Corners).Select(_ => Corner.OpenAsync(office)));
        using var load = new CancellationTokenSource();
        _playing = [.. _corners.Select(corner => corner.PlayAsync(load.Token))];
        var before = await MigrationsAsync();
        await EveryCornerPlaysAsync("with the old workers");

        await MigrateAsync(UpgradeOffice.NewWorker);
        Assert.True(await MigrationsAsync() > before, "The new version has no migration that the old one has not.");
        await EveryCornerPlaysAsync("with the old workers on the new schema");

        var old = Roles.Select(role => office.Sandbox.Workers[role]).ToList();
        var first = await StartAsync(UpgradeOffice.NewWorker);
        await EveryCornerPlaysAsync("with old and new workers");
        await StopAsync(old);
        await EveryCornerPlaysAsync("with the new workers");

        // helm rollback runs no migration; helm upgrade to the older chart does, and it has nothing to do.
        await MigrateAsync(UpgradeOffice.OldWorker);
        var rolledBack = await StartAsync(UpgradeOffice.OldWorker);
        await StopAsync(first);
        await EveryCornerPlaysAsync("after the rollback");

        await MigrateAsync(UpgradeOffice.NewWorker);
        var again = await StartAsync(UpgradeOffice.NewWorker);
        await StopAsync(rolledBack);
        await EveryCornerPlaysAsync("after the second upgrade");

        await load.CancelAsync();
        await Task.WhenAll(_playing);
        await SettledAsync();
        await StopAsync(again);
        var (runs, orders) = (_corners.Sum(corner => corner.Runs), _corners.Sum(corner => corner.Acknowledged.Count));
        var repeated = _corners.Sum(corner => corner.Attempts) - (Corner.FormsPerRun * runs);
        TestContext.Current.SendDiagnosticMessage(
            $"{runs} runs with {orders} orders in {office.Balancer.Requests} requests, none lost, stored twice or failed; {repeated} forms were tried again."
        );
    }

    /// <summary>Starts a worker of each role beside those that run, and returns when they are ready.</summary>
    private async Task<List<WorkerProcess>> StartAsync(string worker)
    {
        var started = await Task.WhenAll(
            Roles.Select(role => WorkerProcess.StartAsync(office.Replica(role, worker), Token))
        );
        office.Balancer.Add(started[Array.IndexOf(Roles, WorkerRoles.Http)]);
        return [.. started];
    }

    /// <summary>Takes each worker out of the service, then stops it with SIGTERM.</summary>
    private async Task StopAsync(List<WorkerProcess> workers)
    {
        foreach (var worker in workers)
        {
            await office.Balancer.RemoveAsync(worker.Address);
            if (Roles.FirstOrDefault(role => office.Sandbox.Workers.GetValueOrDefault(role) == worker) is { } role)
                Assert.Equal(0, await office.Sandbox.StopWorkerAsync(role));
            else
            {
                Assert.Equal(0, await worker.StopAsync(Guard.Timeout));
                await worker.DisposeAsync();
            }
        }
    }

    private Task<IReadOnlyList<string>> MigrateAsync(string worker) =>
        WorkerProcess.RunAsync(office.Replica(WorkerRoles.Http, worker) with { Arguments = ["migrate"] }, Token);

    private Task<long> MigrationsAsync() => office.Rows.CountAsync("schema_migrations");

    /// <summary>Waits until a run that began after now has been completed in each corner.</summary>
    private async Task EveryCornerPlaysAsync(string when)
    {
        var played = _corners.Select(corner => corner.Runs).ToList();
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var failed in _playing.Where(playing => playing.IsFaulted))
                    await failed;
                Assert.Empty(office.Balancer.Failures);
                return _corners.Zip(played).All(pair => pair.First.Runs >= pair.Second + 2);
            },
            $"runs are played {when}"
        );
    }

    private async Task SettledAsync()
    {
        Assert.Empty(office.Balancer.Failures);
        await Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL") == 0,
            "every event is published"
        );
        await Eventually.TrueAsync(
            () => SandboxOptions.ConsumerGroups.All(reader => office.Topics.Lag(reader.Group, reader.Topic) == 0),
            "every record is processed"
        );
        foreach (var corner in _corners)
            await SettledAsync(corner);
        Assert.Empty(office.Topics.Read("coffee.deadletter"));
    }

    private async Task SettledAsync(Corner corner)
    {
        var traffic = office
            .Sandbox.Slack.Traffic.After(0)
            .Where(entry =>
                entry.Status == 200 && entry.Payload is { } payload && Text(payload, "channel") == corner.Channel
            )
            .ToList();
        foreach (var order in corner.Acknowledged)
        {
            // One audit row per order: it was stored, and not twice.
            Assert.Equal(
                1,
                await office.Rows.CountAsync(
                    "audit_log WHERE run_id = @Run AND user_id = @Person AND event_type = 'order_placed' AND payload->'drink'->>'drink_type' = @Drink",
                    order
                )
            );
            Assert.Equal(
                1,
                await office.Rows.CountAsync(
                    "orders WHERE run_id = @Run AND user_id = @Person AND drink_type = @Drink",
                    order
                )
            );
        }

        foreach (var run in corner.Acknowledged.Select(order => order.Run).Distinct())
        {
            Assert.Equal(
                1,
                await office.Rows.CountAsync(
                    "audit_log WHERE run_id = @run AND event_type = 'runner_assigned'",
                    new { run }
                )
            );
            Assert.Equal(
                "completed",
                await office.Rows.GetAsync<string>(
                    "SELECT status::text FROM coffee_runs WHERE run_id = @run",
                    new { run }
                )
            );
        }

        Assert.Equal(corner.Runs, corner.Acknowledged.Select(order => order.Run).Distinct().Count());
        Assert.Equal(corner.Runs, await office.Rows.CountAsync("coffee_runs WHERE channel_id = @Channel", corner));
        Assert.Equal(Corner.PostsPerRun * corner.Runs, traffic.Count(entry => entry.Kind == "chat.postMessage"));
        // Not the orders in threads, which have the same text in each run.
        Assert.All(
            traffic
                .Where(entry => entry.Kind == "chat.postEphemeral")
                .Select(entry => Text(entry.Payload!.Value, "text"))
                .Where(text => text.Contains(Corner.Unique, StringComparison.Ordinal))
                .CountBy(text => text),
            confirmation => Assert.Equal(1, confirmation.Value)
        );
    }

    private static string Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var text) ? text.ToString() : "";
}
