using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Scheduled messages and <c>chat.meMessage</c>, through Slack's Web API client.</summary>
public sealed class ScheduledMessageTests
{
    [Fact]
    public async Task Scheduled_messages_are_posted_at_their_times_in_order()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var later = await ScheduleAsync(sdk, slack, "later", TimeSpan.FromHours(2));
        var soon = await ScheduleAsync(sdk, slack, "soon", TimeSpan.FromHours(1));
        Assert.Empty(await slack.MessagesAsync("noor", "office"));
        var listed = await sdk.CallAsync("chat.scheduledMessages.list");
        Assert.Equal(
            [
                ((string)soon["scheduled_message_id"]!, "soon", (long)soon["post_at"]!),
                ((string)later["scheduled_message_id"]!, "later", (long)later["post_at"]!),
            ],
            listed["scheduled_messages"]!
                .AsArray()
                .Select(one => ((string)one!["id"]!, (string)one["text"]!, (long)one["post_at"]!))
        );

        slack.Time.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => Texts(slack).SequenceEqual(["soon"]), "the first message is posted");
        await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "01:00:00" });
        await Eventually.TrueAsync(() => Texts(slack).SequenceEqual(["soon", "later"]), "both messages are posted");
        Assert.Empty((await sdk.CallAsync("chat.scheduledMessages.list"))["scheduled_messages"]!.AsArray());
    }

    [Fact]
    public async Task Messages_that_become_due_together_are_posted_in_the_order_of_their_times()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        foreach (var hours in (int[])[3, 1, 4, 2])
            await ScheduleAsync(sdk, slack, $"{hours}", TimeSpan.FromHours(hours));
        slack.Time.Advance(TimeSpan.FromHours(5));
        await Eventually.TrueAsync(() => Texts(slack).Count() == 4, "all messages are posted");
        Assert.Equal(["1", "2", "3", "4"], Texts(slack));
    }

    [Fact]
    public async Task A_scheduled_message_can_be_deleted_until_a_minute_before_its_time()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var kept = await ScheduleAsync(sdk, slack, "kept", TimeSpan.FromSeconds(59));
        var deleted = await ScheduleAsync(sdk, slack, "deleted", TimeSpan.FromSeconds(61));
        await sdk.CallAsync("chat.deleteScheduledMessage", Id(deleted));
        Assert.Equal("invalid_scheduled_message_id", await sdk.RefusalAsync("chat.deleteScheduledMessage", Id(kept)));
        Assert.Equal(
            "invalid_scheduled_message_id",
            await sdk.RefusalAsync("chat.deleteScheduledMessage", Id(deleted))
        );

        slack.Time.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => Texts(slack).Any(), "the other message is posted");
        Assert.Equal(["kept"], Texts(slack));
    }

    [Fact]
    public async Task A_message_is_scheduled_for_at_most_120_days()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        await ScheduleAsync(sdk, slack, "far", TimeSpan.FromDays(119));
        Assert.Equal(
            "time_too_far",
            await sdk.RefusalAsync("chat.scheduleMessage", At(slack, "x", TimeSpan.FromDays(121)))
        );
        Assert.Equal(
            "time_in_past",
            await sdk.RefusalAsync("chat.scheduleMessage", At(slack, "x", TimeSpan.FromMinutes(-1)))
        );
        Assert.Equal(
            "invalid_time",
            await sdk.RefusalAsync(
                "chat.scheduleMessage",
                new JsonObject
                {
                    ["channel"] = TestWorkspace.Office,
                    ["text"] = "x",
                    ["post_at"] = "tomorrow",
                }
            )
        );
        slack.Server.Clock.Advance(TimeSpan.FromDays(119));
        await Eventually.TrueAsync(() => Texts(slack).SequenceEqual(["far"]), "the message is posted");
    }

    [Fact]
    public async Task At_most_30_messages_are_scheduled_for_the_same_five_minutes()
    {
        await using var slack = await TestWorkspace.StartAsync();
        for (var number = 0; number < 30; number++)
            Assert.True((bool)(await CallAsync(TimeSpan.FromHours(1)))["ok"]!);
        Assert.Equal("restricted_too_many", (string)(await CallAsync(TimeSpan.FromMinutes(64)))["error"]!);
        Assert.True((bool)(await CallAsync(TimeSpan.FromMinutes(65)))["ok"]!);

        Task<JsonNode> CallAsync(TimeSpan ahead) => slack.CallAsync("chat.scheduleMessage", At(slack, "x", ahead));
    }

    [Fact]
    public async Task A_me_message_has_its_own_subtype()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var sent = await sdk.CallAsync(
            "chat.meMessage",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = "waves" }
        );
        var seen = Assert.Single(await slack.MessagesAsync("noor", "office"))!;
        Assert.Equal(
            ((string)sent["ts"]!, "me_message", "waves"),
            ((string)seen["ts"]!, (string)seen["subtype"]!, (string)seen["text"]!)
        );
        Assert.Equal(
            "no_text",
            await sdk.RefusalAsync("chat.meMessage", new JsonObject { ["channel"] = TestWorkspace.Office })
        );
        Assert.Equal(
            "not_in_channel",
            await sdk.RefusalAsync(
                "chat.meMessage",
                new JsonObject { ["channel"] = TestWorkspace.Random, ["text"] = "waves" }
            )
        );
    }

    private static Task<JsonNode> ScheduleAsync(SlackSdk sdk, TestWorkspace slack, string text, TimeSpan ahead) =>
        sdk.CallAsync("chat.scheduleMessage", At(slack, text, ahead));

    private static JsonObject At(TestWorkspace slack, string text, TimeSpan ahead) =>
        new()
        {
            ["channel"] = TestWorkspace.Office,
            ["text"] = text,
            // Times are whole seconds; the workspace's time stands still.
            ["post_at"] = slack.Server.Clock.Now.ToUnixTimeSeconds() + (long)ahead.TotalSeconds,
        };

    private static JsonObject Id(JsonNode scheduled) =>
        new()
        {
            ["channel"] = TestWorkspace.Office,
            ["scheduled_message_id"] = (string)scheduled["scheduled_message_id"]!,
        };

    private static IEnumerable<string> Texts(TestWorkspace slack) =>
        slack.Server.State.MessagesOf(slack.Server.State.FindChannel("office")!).Select(message => message.Text);
}
