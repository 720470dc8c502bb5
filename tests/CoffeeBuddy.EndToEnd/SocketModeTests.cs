using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// Socket Mode: no request of Slack comes in over HTTP. Connections end in every way while people order; no order is
/// lost, none is stored twice.
/// </summary>
public sealed class SocketModeTests(SocketOffice office) : EndToEndTest(office), IClassFixture<SocketOffice>
{
    [Fact]
    public async Task A_whole_run_works_over_Socket_Mode_only()
    {
        await office.ConnectedAsync();
        var corner = await Office.CornerAsync(3);
        var (first, second, third) = (corner.People[0], corner.People[1], corner.People[2]);

        Assert.True((bool)(await first.CommandAsync(corner.Channel, "/coffee", "help"))["ok"]!);
        await ToldAsync(corner, first, "/coffee-history");
        await corner.OrderAsync(first, "Latte", "Large");
        var thread = (await corner.AnnouncementAsync()).Ts;
        await second.SayAsync(corner.Channel, "small tea", thread);
        await corner.SummaryAsync("Small Tea");
        var announcement = await corner.AnnouncementAsync();
        await FormAsync(first, () => first.ClickAsync(announcement, "order_open"), _ => true);
        await corner.OrderAsync(third, "Mocha");
        var runner = await corner.RunnerAsync();
        Assert.True((bool)(await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete"))["ok"]!);
        await corner.AnnouncementAsync($"Complete, 3 orders brought by <@{runner.Id}>");

        // The acknowledgement answers a form: this run is over before the order comes.
        await corner.FormAsync(first);
        Assert.True((bool)(await first.CommandAsync(corner.Channel, "/coffee-cancel"))["ok"]!);
        var late = await first.SubmitAsync(("drink:0", "Tea"), ("size:0", "Small"));
        Assert.False((bool)late["closed"]!, late.ToJsonString());
        Assert.Contains("cancelled", late["view"]!.ToJsonString(), StringComparison.Ordinal);

        // The address is closed also to requests that are signed.
        (await Office.Slack.CommandAsync("/coffee", first.Id, corner.Channel)).Is(401);
        var metrics = await Office.MetricsAsync();
        Assert.Equal(2, metrics.Value("coffeebuddy_socket_connections"));
        foreach (var type in (string[])["slash_commands", "interactive", "events_api"])
            Assert.True(
                metrics.Value("coffeebuddy_socket_envelopes_total", $"type=\"{type}\"", "outcome=\"acknowledged\"") > 0,
                type
            );
    }

    [Fact]
    public async Task No_order_or_click_is_lost_or_counted_twice_while_connections_are_cut_and_refreshed()
    {
        const int batches = 6;
        const int each = 3;
        var corner = await Office.CornerAsync(1 + (batches * each));
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;
        var clicks = new Dictionary<string, int>();
        string[] ends = ["cut", "refresh_requested", "warning"];
        foreach (var (number, batch) in corner.People.Skip(1).Chunk(each).Index())
        {
            await Task.WhenAll(batch.Select(person => Office.OpenHomeAsync(person)));
            await Task.WhenAll(batch.Select(person => Office.HomeAsync(person, "I am away")));
            await office.ConnectedAsync();

            var orders = batch.Select(person => person.SayAsync(corner.Channel, "large mocha", thread)).ToList();
            var clicked = batch
                .Select(async person =>
                    (person.Id, Times: await SocketOffice.InsistAsync(() => person.ClickAsync("home", "away_toggle")))
                )
                .ToList();
            await EndConnectionAsync(ends[number % ends.Length]);
            foreach (var (person, times) in await Task.WhenAll(clicked))
                clicks[person] = times;
            await Task.WhenAll(orders);
        }

        await office.ConnectedAsync();
        await office.RetryTimesPassAsync();
        await EachOrderIsStoredOnceAsync(corner, batches * each);
        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "users WHERE user_id = ANY(@users) AND away",
                    new { users = clicks.Keys.ToArray() }
                ) == clicks.Count,
            "every click counts"
        );
        foreach (var (person, times) in clicks)
            // A click that Slack called failed may have been handled: only its acknowledgement was lost.
            Assert.InRange(
                await Rows.CountAsync("processed_events WHERE event_id LIKE 'click:%:' || @person", new { person }),
                1,
                times
            );
    }

    [Fact]
    public async Task Events_that_come_while_no_connection_is_open_are_handled_when_one_is()
    {
        var corner = await Office.CornerAsync(4);
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;
        await office.ConnectedAsync();

        await office.CutAsync(2);
        await Task.WhenAll(
            corner.People.Skip(1).Select(person => person.SayAsync(corner.Channel, "small espresso", thread))
        );
        await office.ConnectedAsync();
        await office.RetryTimesPassAsync();

        await EachOrderIsStoredOnceAsync(corner, 3);
    }

    [Fact]
    public async Task Envelopes_that_Slack_sends_again_change_nothing()
    {
        await office.ConnectedAsync();
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0], "Latte");
        var thread = (await corner.AnnouncementAsync()).Ts;
        await corner.People[1].SayAsync(corner.Channel, "large mocha", thread);
        await corner.SummaryAsync("Large Mocha");
        await corner.People[1].SayAsync(corner.Channel, "nothing for me", thread);
        await corner.SummaryAsync("*1 order so far*");
        Assert.True((bool)(await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel"))["ok"]!);
        var before = await AuditAsync(corner);
        var envelopes = await EnvelopesAsync();

        await office.RepeatAsync();

        await Eventually.TrueAsync(
            async () => await EnvelopesAsync() >= envelopes + 5,
            "the envelopes are handled again"
        );
        // Events of a channel are handled in order: after this one the repeated ones are done.
        await corner.People[1].SayAsync(corner.Channel, "@CoffeeBuddy help");
        await corner.SeesAsync(
            corner.People[1],
            message =>
                message.ThreadTs is not null && message.Shown.Contains("`/coffee-history`", StringComparison.Ordinal)
        );
        Assert.Equal(before, await AuditAsync(corner));
        Assert.Equal("cancelled", await corner.StatusAsync());
    }

    [Fact]
    public async Task An_event_that_can_be_stored_nowhere_is_not_acknowledged_and_comes_again()
    {
        await office.ConnectedAsync();
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;
        var failures = await FailuresAsync();
        Office.Sandbox.Kafka.AllBrokersDown();
        await Office.Sandbox.Postgres.StopAsync();
        try
        {
            await corner.People[1].SayAsync(corner.Channel, "large cappuccino", thread);

            await Eventually.TrueAsync(
                async () => await FailuresAsync() >= failures + 2,
                "the event and its first repetition failed"
            );
        }
        finally
        {
            Office.Sandbox.Kafka.AllBrokersUp();
            await Office.Sandbox.Postgres.RestartAsync(cancellation: Cancellation);
        }

        await Office.ReadyAsync();
        await office.RetryTimesPassAsync();
        await EachOrderIsStoredOnceAsync(corner, 1);

        async Task<double> FailuresAsync() =>
            (await Office.MetricsAsync()).Value(
                "coffeebuddy_socket_envelopes_total",
                "type=\"events_api\"",
                "outcome=\"failed\""
            );
    }

    [Fact]
    public async Task What_a_killed_worker_had_not_acknowledged_is_handled_by_the_next_one()
    {
        await office.ConnectedAsync();
        var corner = await Office.CornerAsync(5);
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;

        Office.Worker.Signal("STOP");
        await Task.WhenAll(
            corner.People.Skip(1).Select(person => person.SayAsync(corner.Channel, "small flat white", thread))
        );
        await Office.Sandbox.KillWorkerAsync(WorkerRoles.Http);
        await office.ConnectedAsync(0);
        await Office.Sandbox.StartWorkerAsync(WorkerRoles.Http, Cancellation);
        await office.ConnectedAsync();
        await office.RetryTimesPassAsync();

        await EachOrderIsStoredOnceAsync(corner, 4);
    }

    [Fact]
    public async Task A_worker_that_stops_finishes_what_it_has_while_another_takes_over()
    {
        await office.ConnectedAsync();
        var corner = await Office.CornerAsync(9);
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;
        await using var other = await Office.Sandbox.StartReplicaAsync(WorkerRoles.Http, Cancellation);
        await office.ConnectedAsync(4);

        var orders = corner
            .People.Skip(1)
            .Select(person => person.SayAsync(corner.Channel, "large tea", thread))
            .ToList();
        var code = await other.StopAsync();
        await Task.WhenAll(orders);

        Assert.Equal(0, code);
        await office.ConnectedAsync();
        // The clock was not moved: what came too late for this worker was repeated to the other at once.
        await EachOrderIsStoredOnceAsync(corner, 8);
    }

    [Fact]
    public async Task A_token_that_Slack_refuses_ends_the_start_with_a_message()
    {
        const string token = "xapp-wrong";
        var environment = Office.Environment();
        environment["Slack__AppToken"] = token;
        environment["Slack__SigningSecret"] = null;
        foreach (var (name, value) in WorkerRoles.Selection(WorkerRoles.Functions[WorkerRoles.Http]))
            environment[name] = value;

        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.StartAsync(
                new("Worker", new SandboxOptions().Worker) { Environment = environment },
                Cancellation
            )
        );

        Assert.Contains("exit code 1", failure.Problem, StringComparison.Ordinal);
        Assert.Contains(
            failure.LastLines,
            line =>
                !line.StartsWith('{')
                && line.Contains("Slack refuses Slack:AppToken, invalid_auth", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(failure.LastLines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_connection_the_worker_is_ready_and_says_what_it_lacks()
    {
        await office.ConnectedAsync();

        await office.DisconnectAsync("link_disabled", 2);

        await office.ConnectedAsync(0);
        await Eventually.TrueAsync(
            async () =>
                (await Office.Worker.Management.GetStringAsync("healthz/ready", Cancellation)).Contains(
                    "slack: no Socket Mode connection to Slack",
                    StringComparison.Ordinal
                ),
            "the health check names it"
        );
        Assert.Equal(
            2,
            (await Office.MetricsAsync()).Value(
                "coffeebuddy_socket_connections_ended_total",
                "reason=\"link_disabled\""
            )
        );
        // Slack may enable the app again: the worker goes on trying.
        await office.ConnectedAsync();
    }

    private async Task EndConnectionAsync(string how)
    {
        switch (how)
        {
            case "cut":
                await office.CutAsync();
                break;
            case "warning":
                await office.DisconnectAsync("warning");
                // The next one is open before the old one is closed.
                await office.ConnectedAsync(3);
                await office.DisconnectAsync("refresh_requested");
                break;
            default:
                await office.DisconnectAsync(how);
                break;
        }
    }

    private async Task EachOrderIsStoredOnceAsync(Corner corner, int orders)
    {
        var run = await corner.RunIdAsync();
        await Eventually.TrueAsync(
            async () => await Rows.CountAsync("orders WHERE run_id = @run", new { run }) == orders,
            $"{orders} orders are stored"
        );
        Assert.Equal(
            orders,
            await Rows.CountAsync("audit_log WHERE run_id = @run AND event_type = 'order_placed'", new { run })
        );
    }

    private async Task<IReadOnlyList<string>> AuditAsync(Corner corner) =>
        await Rows.ListAsync<string>(
            "SELECT concat(event_type, ' ', user_id) FROM audit_log WHERE run_id = @run ORDER BY \"timestamp\", event_type",
            new { run = await corner.RunIdAsync() }
        );

    private async Task<double> EnvelopesAsync() =>
        (await Office.MetricsAsync()).Value("coffeebuddy_socket_envelopes_total");
}
