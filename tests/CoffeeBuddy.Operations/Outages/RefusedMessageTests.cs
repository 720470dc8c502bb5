using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox.Slack;
using SlackSimulator.Control;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>Slack refuses to show something: people are told in another way, and orders go on.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class RefusedMessageTests(WholeOffice office) : IAsyncLifetime
{
    private List<SlackPerson> _people = [];
    private string _channel = "";

    public async ValueTask InitializeAsync()
    {
        _people = [await office.HireAsync(), await office.HireAsync(), await office.HireAsync()];
        _channel = await office.NewChannelAsync(_people);
    }

    public ValueTask DisposeAsync()
    {
        office.Sandbox.Slack.Faults.Set([]);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("restricted_action_read_only_channel")]
    [InlineData("cannot_reply_to_message")]
    [InlineData("too_many_attachments")]
    [InlineData("an_error_of_tomorrow")]
    public async Task Where_the_channel_refuses_messages_the_runner_and_those_who_ordered_are_told_directly(string code)
    {
        office.Sandbox.Slack.Faults.Set([new("chat.postMessage", FaultKind.Code, Code: code, Channel: _channel)]);

        var run = await OpenAndOrderAsync();

        var runner = await RunnerAsync(run);
        await SeesDirectlyAsync(runner, "You go for coffee this time: 3 orders");
        foreach (var person in _people.Where(person => person.Id != runner.Id))
            await SeesDirectlyAsync(person, $"<@{runner.Id}> goes for the coffee run");
        Assert.Empty(office.Topics.Read("coffee.deadletter", run));
    }

    [Theory]
    [InlineData("is_archived")]
    [InlineData("not_in_channel")]
    [InlineData("restricted_action_thread_locked")]
    public async Task When_the_channel_is_lost_after_the_announcement_everyone_is_told_directly(string code)
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _people[0].Id, _channel);
        await _people[0].WaitToSeeAsync(_channel, IsAnnouncement, Guard.Timeout);
        office.Sandbox.Slack.Faults.Set([
            .. ((string[])["chat.postMessage", "chat.update", "chat.postEphemeral"]).Select(method => new Fault(
                method,
                FaultKind.Code,
                Code: code,
                Channel: _channel
            )),
        ]);

        await OrderAsync(run);
        foreach (var person in _people)
            await SeesDirectlyAsync(person, $"Your order in <#{_channel}>:* Large Latte");
        var runner = await RunnerAsync(run);
        (await office.Api.PatchAsync($"runs/{run}/complete", office.Person(runner.Id))).Is(200);

        foreach (var person in _people)
            await SeesDirectlyAsync(person, $"The coffee run in <#{_channel}> is complete");
        Assert.Empty(office.Topics.Read("coffee.deadletter", run));
    }

    [Theory]
    [InlineData("files.getUploadURLExternal", FaultKind.Code, null, false)]
    [InlineData("files.getUploadURLExternal", FaultKind.Error, 1, true)]
    [InlineData("files.completeUploadExternal", FaultKind.Error, 1, true)]
    [InlineData("files.completeUploadExternal", FaultKind.LostAnswer, null, true)]
    public async Task A_file_is_sent_once_and_who_waits_for_one_that_Slack_refuses_is_told(
        string method,
        FaultKind kind,
        int? calls,
        bool isSent
    )
    {
        await _people[0].CommandAsync(_channel, "/coffee-stats");
        var shown = await SeesAsync("Weekly Active Runs");
        office.Sandbox.Slack.Faults.Set([new(method, kind, Status: 429, Code: "missing_scope", Count: calls)]);

        await _people[0].ClickAsync(shown, "stats_chart");

        await SeesAsync(isSent ? "I have sent you the file" : "Slack did not take the file");
        Assert.Equal(
            isSent ? 1 : 0,
            (await _people[0].SeesAsync("dm")).Count(message => message.Json["files"] is not null)
        );

        Task<SeenMessage> SeesAsync(string text) =>
            _people[0]
                .WaitToSeeAsync(
                    _channel,
                    message => message.IsEphemeral && message.Shown.Contains(text, StringComparison.Ordinal),
                    Guard.Timeout
                );
    }

    [Fact]
    public async Task A_mention_that_cannot_be_answered_does_not_hold_up_the_orders_of_the_channel()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _people[0].Id, _channel);
        var thread = (await _people[0].WaitToSeeAsync(_channel, IsAnnouncement, Guard.Timeout)).Ts;
        office.Sandbox.Slack.Faults.Set([new("chat.postMessage", FaultKind.Error, Status: 503, Channel: _channel)]);
        await MentionAsync($"EvGONE{run[..8]}", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000001", "help");

        await _people[1].SayAsync(_channel, "small tea", thread);

        await Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("orders WHERE run_id = @run::uuid", new { run }) == 1,
            "the order is stored"
        );
        AssertNotDeadLettered(_channel);
    }

    [Fact]
    public async Task A_home_view_that_slack_refuses_is_done_and_not_dead_lettered()
    {
        office.Sandbox.Slack.Faults.Set([
            new("views.publish", FaultKind.Code, Code: "not_enabled", User: _people[0].Id),
        ]);
        var id = $"EvHOME{_channel}";

        await SendEventAsync(
            id,
            new()
            {
                ["type"] = "app_home_opened",
                ["user"] = _people[0].Id,
                ["tab"] = "home",
                ["channel"] = "D0HOME",
            }
        );

        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "processed_events WHERE event_id = @id AND done_at IS NOT NULL",
                    new { id }
                ) == 1,
            "the event is done"
        );
        AssertNotDeadLettered(id);
    }

    [Fact]
    public async Task A_deactivated_newcomer_is_not_chosen()
    {
        await DeactivateAsync(_people[0]);

        var run = await OpenAndOrderAsync();

        Assert.NotEqual(_people[0].Id, (await RunnerAsync(run)).Id);
    }

    [Fact]
    public async Task The_sweep_does_not_choose_a_deactivated_newcomer_either()
    {
        await office.Sandbox.StopWorkerAsync(WorkerRoles.Kafka);
        try
        {
            await DeactivateAsync(_people[0]);

            var run = await OpenAndOrderAsync();

            Assert.NotEqual(_people[0].Id, (await RunnerAsync(run)).Id);
        }
        finally
        {
            await office.Sandbox.StartWorkerAsync(WorkerRoles.Kafka, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("is_stranger", null)]
    [InlineData("is_restricted", "user_not_found")]
    [InlineData("is_ultra_restricted", "user_not_visible")]
    public async Task Who_cannot_get_direct_messages_is_no_candidate(string kind, string? refusal)
    {
        await ChangeAsync(_people[0], kind);
        if (refusal is not null)
            office.Sandbox.Slack.Faults.Set([
                new("conversations.open", FaultKind.Code, Code: refusal, User: _people[0].Id),
            ]);

        var run = await OpenAndOrderAsync();

        Assert.NotEqual(_people[0].Id, (await RunnerAsync(run)).Id);
        Assert.Equal(1, await AssignmentsAsync(run));
    }

    [Fact]
    public async Task A_guest_who_gets_direct_messages_can_be_the_runner()
    {
        await ChangeAsync(_people[0], "is_ultra_restricted");

        var run = await OpenAndOrderAsync();

        // The first who ordered is chosen first.
        Assert.Equal(_people[0].Id, (await RunnerAsync(run)).Id);
    }

    [Fact]
    public async Task When_the_runner_cannot_get_direct_messages_the_next_fairest_goes_and_is_told_why()
    {
        // The first who ordered is chosen first.
        office.Sandbox.Slack.Faults.Set([
            new("conversations.open", FaultKind.Code, Code: "user_disabled", User: _people[0].Id),
        ]);

        var run = await OpenAndOrderAsync();

        await Eventually.TrueAsync(async () => await AssignmentsAsync(run) == 2, "another runner is assigned");
        var runner = await RunnerAsync(run);
        await SeesDirectlyAsync(runner, "the person chosen first cannot get direct messages from me");
        await _people[0]
            .WaitToSeeAsync(
                _channel,
                message =>
                    message.Shown.Contains($"<@{runner.Id}> goes.", StringComparison.Ordinal)
                    && message.Buttons is ["run_complete", "run_leave", "run_back", "run_why"],
                Guard.Timeout
            );
    }

    private Task<long> AssignmentsAsync(string run) =>
        office.Rows.CountAsync("audit_log WHERE run_id = @run::uuid AND event_type = 'runner_assigned'", new { run });

    private Task DeactivateAsync(SlackPerson person) => ChangeAsync(person, "deleted");

    /// <summary>Sets a field of the person's profile.</summary>
    private async Task ChangeAsync(SlackPerson person, string field)
    {
        using var response = await office.Simulator.PutAsJsonAsync(
            $"sim/people/{person.Id}",
            new JsonObject { [field] = true },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    private void AssertNotDeadLettered(string id) =>
        Assert.DoesNotContain(
            office.Topics.Read("coffee.deadletter"),
            record => record.Text.Contains(id, StringComparison.Ordinal)
        );

    private static bool IsAnnouncement(SeenMessage message) =>
        message.Shown.Contains("is organising a coffee run", StringComparison.Ordinal);

    private static Task<SeenMessage> SeesDirectlyAsync(SlackPerson person, string text) =>
        person.WaitToSeeAsync("dm", message => message.Shown.Contains(text, StringComparison.Ordinal), Guard.Timeout);

    private async Task<string> OpenAndOrderAsync()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), _people[0].Id, _channel);
        await OrderAsync(run);
        return run;
    }

    private async Task OrderAsync(string run)
    {
        foreach (var person in _people)
            (await office.Api.OrderAsync(office.Service(), run, person.Id)).Is(201);
    }

    private async Task<SlackPerson> RunnerAsync(string run) => office.PersonOf(await office.RunnerAsync(run));

    private Task MentionAsync(string eventId, string ts, string text) =>
        SendEventAsync(
            eventId,
            new()
            {
                ["type"] = "app_mention",
                ["user"] = _people[0].Id,
                ["text"] = $"<@U0BOT00001> {text}",
                ["ts"] = ts,
                ["channel"] = _channel,
            }
        );

    private async Task SendEventAsync(string eventId, JsonObject slackEvent)
    {
        var body = new JsonObject
        {
            ["team_id"] = "T0SIM00001",
            ["type"] = "event_callback",
            ["event_id"] = eventId,
            ["event"] = slackEvent,
        };
        (await office.Slack.EventAsync(body.ToJsonString())).Is(200);
    }
}
