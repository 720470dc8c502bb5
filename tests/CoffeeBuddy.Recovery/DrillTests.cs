using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Slack.Views;
using SlackSimulator.Control;

namespace CoffeeBuddy.Recovery;

/// <summary>
/// The drill: a backup while people order, the loss of the database, a restore, and the replay of Kafka. Prints the
/// measured RPO and RTO.
/// </summary>
public sealed class DrillTests(DrillOffice office) : IClassFixture<DrillOffice>, IDisposable
{
    private const int Enough = 24;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RpoTarget = TimeSpan.FromHours(24);
    private static readonly TimeSpan RtoTarget = TimeSpan.FromHours(4);

    private readonly BackupScripts _scripts = new(Directory.CreateTempSubdirectory("coffeebuddy-drill-").FullName);
    private readonly ConcurrentQueue<(string Run, string Person)> _acknowledged = [];
    private readonly CancellationTokenSource _stop = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_scripts.Folder, recursive: true);
    }

    [Fact]
    public async Task A_backup_and_Kafka_bring_the_runs_back_and_nobody_is_told_twice()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.HireAsync()));
        var completed = await OpenAsync(people, orders: 3);
        await CompleteAsync(completed);
        var assigned = await OpenAsync(people, orders: 3);
        var open = await OpenAsync(people, orders: 1);
        var completedLater = await OpenAsync(people, orders: 1);
        var busy = await Task.WhenAll(OpenAsync(people, orders: 1), OpenAsync(people, orders: 1));
        var load = people.Select(person => OrderAsync(person, busy)).ToList();
        await Eventually.TrueAsync(() => _acknowledged.Count >= Enough, "people order");

        var before = _acknowledged.ToArray();
        var backup = await _scripts.BackedUpAsync(office.Sandbox.ConnectionString);

        // All of this is not in the backup.
        await Eventually.TrueAsync(() => _acknowledged.Count >= before.Length + Enough, "people go on ordering");
        await people[1].SayAsync(open.Channel, "large tea", open.Thread);
        await Eventually.TrueAsync(async () => await OrdersAsync(open) == 2, "the order in the thread is stored");
        await SubmitAsync(completedLater, people[1]);
        await SubmitAsync(completedLater, people[2]);
        await CompleteAsync(completedLater);
        var openedLater = await OpenAsync(people, orders: 3);
        await _stop.CancelAsync();
        await Task.WhenAll(load);
        await office.SettledAsync();
        Run[] all = [completed, assigned, open, completedLater, openedLater, .. busy];
        var runners = await Task.WhenAll(all.Select(RunnerAsync));
        var told = office.Sandbox.Slack.Traffic.After(0)[^1].Number;

        var destroyedAt = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        await office.DestroyAsync();
        await office.CreateDatabaseAsync();
        var says = await BackupScripts.RestoredAsync(backup, office.Sandbox.ConnectionString);
        Assert.Contains("0 migrations applied.", await office.RunAsync("migrate"), StringComparison.Ordinal);
        var newest = await office.Rows.GetAsync<DateTime>("SELECT max(created_at) FROM orders");
        var since = says.Split("recover --since ")[1].Split('\n')[0];
        // Of a run that is still open, by somebody who has no key.
        await office.Topics.WriteUnsignedAsync(
            "coffee.completions",
            open.Id,
            Encoding.UTF8.GetBytes($$"""{"run_id":"{{open.Id}}","workspace_id":"T0SIM00001","channel_id":"C1"}"""),
            ("ce_type", "coffee.run.cancelled"u8.ToArray())
        );
        var refused = await office.FailAsync("recover", "--since", since);
        var recovered = await office.RunAsync("recover", "--since", since, "--skip-refused");
        await office.StartAsync();
        await office.ReadyAsync();
        var rto = clock.Elapsed;
        var rpo = destroyedAt - new DateTimeOffset(newest, TimeSpan.Zero);
        await office.SettledAsync();

        Assert.StartsWith("1 records since the backup are refused, ", refused, StringComparison.Ordinal);
        Assert.Contains("The record is not signed.", refused, StringComparison.Ordinal);
        Assert.Contains("Nothing was done.", refused, StringComparison.Ordinal);
        Assert.StartsWith("1 runs were opened again without orders, ", recovered, StringComparison.Ordinal);
        await AssertStoredAsync(before);
        // Only the order in the thread is confirmed again: it was not in the backup.
        var again = Assert.Single(
            office.Sandbox.Slack.Traffic.After(told),
            call => call.Kind is "chat.postMessage" or "chat.postEphemeral" or "response_url"
        );
        Assert.Equal(
            ("chat.postEphemeral", people[1].Id, "Your order: Large Tea"),
            (again.Kind, Text(again, "user"), Text(again, "text"))
        );
        Assert.Equal(runners, await Task.WhenAll(all.Select(RunnerAsync)));
        Assert.Equal("completed", await StatusAsync(completedLater));
        Assert.Equal((0, "active"), (await OrdersAsync(openedLater), await StatusAsync(openedLater)));
        Assert.Equal(2, await OrdersAsync(open));

        // The runs go on to their end.
        await SubmitAsync(open, people[2]);
        foreach (var run in (Run[])[open, assigned, openedLater, .. busy])
            await CompleteAsync(run);
        await office.SettledAsync();
        foreach (var run in all)
        {
            var messages = await people[0].SeesAsync(run.Channel);
            foreach (var text in (string[])["is organising a coffee run", " goes.*", "The coffee run is complete"])
                Assert.Single(messages, message => message.Shown.Contains(text, StringComparison.Ordinal));
        }

        Assert.InRange(rpo, TimeSpan.Zero, RpoTarget);
        Assert.InRange(rto, TimeSpan.Zero, RtoTarget);
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"RPO {rpo.TotalSeconds:0.0} s (target 24 h), RTO {rto.TotalSeconds:0.0} s (target 4 h); {before.Length} of {_acknowledged.Count} orders were acknowledged before the backup, all of them were there."
        );
        TestContext.Current.SendDiagnosticMessage(figures);
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
    }

    [Fact]
    public async Task Recover_is_refused_while_workers_read_from_Kafka()
    {
        var since = DateTimeOffset
            .UtcNow.AddHours(-1)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        var sentence = await office.FailAsync("recover", "--since", since);

        Assert.Contains("Stop all workers of role kafka. Nothing was done.", sentence, StringComparison.Ordinal);
    }

    /// <param name="Thread">The announcement.</param>
    private sealed record Run(string Id, string Channel, string Thread, SlackPerson Initiator);

    /// <summary>Opens a run in a channel of its own; the first people order.</summary>
    private async Task<Run> OpenAsync(SlackPerson[] people, int orders)
    {
        var channel = await office.NewChannelAsync(people);
        var id = await office.Api.OpenRunAsync(office.Service(), people[0].Id, channel);
        var announcement = await people[0]
            .WaitToSeeAsync(
                channel,
                message => message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal),
                Guard.Timeout
            );
        var run = new Run(id, channel, announcement.Ts, people[0]);
        foreach (var person in people.Take(orders))
            await SubmitAsync(run, person);
        if (orders >= 3)
            await SeesAsync(run, " goes.*");
        return run;
    }

    /// <summary>Submits the order form, as Slack does, and waits for the acknowledgement.</summary>
    private async Task SubmitAsync(Run run, SlackPerson person, string size = "Large")
    {
        var selected = new JsonObject { ["selected_option"] = new JsonObject { ["value"] = size } };
        var answer = await office.Slack.InteractionAsync(
            SlackPayloads.Submission(run.Id, run.Channel, person.Id, "somebody", ("size", selected))
        );
        Assert.Equal((200, ""), (answer.Status, answer.Text));
        _acknowledged.Enqueue((run.Id, person.Id));
    }

    private async Task OrderAsync(SlackPerson person, Run[] runs)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            // Another size each time: an order that is repeated unchanged is stored once.
            foreach (var run in runs)
                await SubmitAsync(run, person, round % 2 == 0 ? "Small" : "Large");
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>The runner clicks "Mark complete" in their direct message.</summary>
    private async Task CompleteAsync(Run run)
    {
        await SeesAsync(run, " goes.*");
        var runner = office.PersonOf((await RunnerAsync(run))!);
        var list = await runner.WaitToSeeAsync(
            "dm",
            message =>
                message.Buttons.Contains(Actions.CompleteRun)
                && message.Json.ToJsonString().Contains(run.Id, StringComparison.Ordinal),
            Guard.Timeout
        );
        await runner.ClickAsync(list, Actions.CompleteRun);
        await SeesAsync(run, "The coffee run is complete");
    }

    private static Task<SeenMessage> SeesAsync(Run run, string text) =>
        run.Initiator.WaitToSeeAsync(
            run.Channel,
            message => message.Shown.Contains(text, StringComparison.Ordinal),
            Guard.Timeout
        );

    /// <summary>Every order that was acknowledged is there, and each replaced one left its audit row.</summary>
    private async Task AssertStoredAsync((string Run, string Person)[] acknowledged)
    {
        foreach (var orders in acknowledged.GroupBy(order => order))
        {
            var key = new { orders.Key.Run, orders.Key.Person };
            Assert.Equal(
                1,
                await office.Rows.CountAsync("orders WHERE run_id = @Run::uuid AND user_id = @Person", key)
            );
            Assert.InRange(
                await office.Rows.CountAsync(
                    "audit_log WHERE event_type = 'order_placed' AND run_id = @Run::uuid AND user_id = @Person",
                    key
                ),
                orders.Count(),
                _acknowledged.Count(order => order == orders.Key)
            );
        }
    }

    private static string? Text(TrafficEntry call, string name) => call.Payload?.GetProperty(name).GetString();

    private Task<long> OrdersAsync(Run run) =>
        office.Rows.CountAsync("orders WHERE run_id = @Id::uuid", new { run.Id });

    private Task<string?> RunnerAsync(Run run) =>
        office.Rows.GetAsync<string?>(
            "SELECT runner_user_id FROM coffee_runs WHERE run_id = @Id::uuid",
            new { run.Id }
        );

    private Task<string> StatusAsync(Run run) =>
        office.Rows.GetAsync<string>("SELECT status::text FROM coffee_runs WHERE run_id = @Id::uuid", new { run.Id });
}
