using System.Globalization;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Events that arrive late, twice, or under several ids: what happened last counts.</summary>
public sealed class EventOrderTests(WholeOffice office) : EndToEndTest(office)
{
    private static int _events;

    [Fact]
    public async Task The_preview_of_a_link_does_not_bring_an_older_order_back()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        var first = (string)(await person.SayAsync(corner.Channel, "large latte", thread))["ts"]!;
        await corner.SummaryAsync("Large Latte");
        await person.SayAsync(corner.Channel, "small tea", thread);
        await corner.SummaryAsync("Small Tea");

        await SendAsync(corner, Changed(person, first, thread, "large latte", "large latte", editedTs: null));
        await SendAsync(corner, Changed(person, first, thread, "large latte", "large latte", editedTs: After(first)));

        await HandledAsync(corner, person, thread);
        await corner.SummaryAsync("Small Tea");
    }

    [Fact]
    public async Task One_message_under_two_event_ids_does_not_restore_a_withdrawn_order()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        var first = (string)(await person.SayAsync(corner.Channel, "large latte", thread))["ts"]!;
        await corner.SummaryAsync("Large Latte");
        await person.SayAsync(corner.Channel, "nothing\u00a0for me", thread);
        await corner.SummaryAsync("No orders yet.");

        await SendAsync(corner, Written(person, first, thread, "large latte"));
        // An older message that Slack delivers only now.
        await SendAsync(corner, Written(person, Before(first), thread, "small mocha"));

        await HandledAsync(corner, person, thread);
        Assert.Equal(
            0,
            await Rows.CountAsync(
                "orders WHERE run_id = @run AND user_id = @user",
                new { run = await corner.RunIdAsync(), user = person.Id }
            )
        );
    }

    [Fact]
    public async Task One_mention_under_several_ids_is_answered_once_and_not_again_when_it_is_edited()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        var ts = (string)(await person.SayAsync(corner.Channel, "one"))["ts"]!;

        for (var time = 0; time < 4; time++)
            await SendAsync(corner, Mention(person, ts, "help"));
        var edited = Mention(person, ts, "help, please");
        edited["edited"] = new JsonObject { ["user"] = person.Id, ["ts"] = After(ts) };
        await SendAsync(corner, edited);
        var last = (string)(await person.SayAsync(corner.Channel, "two"))["ts"]!;
        await SendAsync(corner, Mention(person, last, "help"));

        await corner.SeesAsync(person, message => IsHelp(message) && message.ThreadTs == last);
        Assert.Single(await person.SeesAsync(corner.Channel), message => IsHelp(message) && message.ThreadTs == ts);
    }

    [Fact]
    public async Task A_mention_of_more_than_an_hour_ago_is_not_answered()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        var ts = (string)(await person.SayAsync(corner.Channel, "one"))["ts"]!;

        await SendAsync(corner, Mention(person, Moved(ts, -3700), "help"));
        await SendAsync(corner, Mention(person, ts, "help"));

        await corner.SeesAsync(person, IsHelp);
        Assert.Single(
            Office.Sandbox.Slack.Traffic.After(0),
            call =>
                call.Kind == "chat.postMessage"
                && call.Payload!.Value.GetProperty("channel").GetString() == corner.Channel
        );
    }

    [Fact]
    public async Task A_mention_in_the_thread_of_a_run_is_an_order()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "@CoffeeBuddy large\u00a0latte", thread);

        await corner.SummaryAsync($"Large Latte — <@{corner.People[1].Id}>");
        Assert.DoesNotContain(await corner.People[1].SeesAsync(corner.Channel), IsHelp);
    }

    [Fact]
    public async Task A_mention_in_the_thread_of_a_run_that_is_not_understood_is_asked_back_privately()
    {
        var (corner, thread) = await StartAsync();

        await corner.People[1].SayAsync(corner.Channel, "@CoffeeBuddy something warm, please", thread);

        await ToldAsync(corner, corner.People[1], "I did not understand that as an order.");
        Assert.DoesNotContain(
            await corner.People[0].SeesAsync(corner.Channel),
            message => message.Shown.Contains("did not understand", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_click_on_away_that_is_handled_after_a_later_coffee_back_does_not_count()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        var clicked = DateTimeOffset.UtcNow.AddSeconds(-30).ToUnixTimeSeconds();
        await person.CommandAsync(corner.Channel, "/coffee", "back");

        (
            await Office.Slack.InteractionAsync(
                new JsonObject
                {
                    ["type"] = "block_actions",
                    ["team"] = new JsonObject { ["id"] = "T0SIM00001" },
                    ["user"] = new JsonObject { ["id"] = person.Id },
                    ["view"] = new JsonObject { ["id"] = $"V{person.Id}", ["type"] = "home" },
                    ["actions"] = new JsonArray(
                        new JsonObject
                        {
                            ["action_id"] = "away_toggle",
                            ["value"] = "away",
                            ["action_ts"] = $"{clicked}.000100",
                        }
                    ),
                }.ToJsonString()
            )
        ).Is(200);

        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "processed_events WHERE event_id LIKE 'click:%' || @user AND done_at IS NOT NULL",
                    new { user = person.Id }
                ) == 1,
            "the click is handled"
        );
        Assert.False(
            await Rows.GetAsync<bool>("SELECT away FROM users WHERE user_id = @user", new { user = person.Id })
        );
    }

    [Fact]
    public async Task A_record_that_is_older_than_the_memory_of_handled_events_is_not_acted_on()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        var now = DateTimeOffset.UtcNow;
        await Office.Topics.WriteAsync(
            "slack.events",
            $"T0SIM00001:{corner.Channel}",
            Envelope(corner, Written(person, $"{now.ToUnixTimeSeconds()}.000001", thread, "large latte")),
            ("ce_type", "slack.event"),
            ("ce_time", now.AddHours(-25).ToString("O", CultureInfo.InvariantCulture))
        );

        await HandledAsync(corner, person, thread);
        Assert.Equal(0, await Rows.CountAsync("orders WHERE user_id = @user", new { user = person.Id }));
    }

    /// <summary>Orders of a channel are handled in order: when this one is stored, all before it were handled.</summary>
    private static async Task HandledAsync(Corner corner, SlackPerson person, string thread)
    {
        var other = corner.People.First(other => other.Id != person.Id);
        await other.SayAsync(corner.Channel, "large mocha, sugar", thread);
        await corner.SummaryAsync("Large Mocha, Sugar");
    }

    private static JsonObject Written(SlackPerson person, string ts, string thread, string text) =>
        new()
        {
            ["type"] = "message",
            ["user"] = person.Id,
            ["text"] = text,
            ["ts"] = ts,
            ["thread_ts"] = thread,
        };

    private static JsonObject Changed(
        SlackPerson person,
        string ts,
        string thread,
        string before,
        string after,
        string? editedTs
    )
    {
        var message = Written(person, ts, thread, after);
        if (editedTs is not null)
            message["edited"] = new JsonObject { ["user"] = person.Id, ["ts"] = editedTs };
        return new()
        {
            ["type"] = "message",
            ["subtype"] = "message_changed",
            ["message"] = message,
            ["previous_message"] = Written(person, ts, thread, before),
            ["ts"] = After(ts),
            ["event_ts"] = After(ts),
        };
    }

    private static JsonObject Mention(SlackPerson person, string ts, string text) =>
        new()
        {
            ["type"] = "app_mention",
            ["user"] = person.Id,
            ["text"] = $"<@U0BOT00001> {text}",
            ["ts"] = ts,
        };

    private static string After(string ts) => Moved(ts, 1000);

    private static string Before(string ts) => Moved(ts, -1);

    private static string Moved(string ts, decimal seconds) =>
        (decimal.Parse(ts, CultureInfo.InvariantCulture) + seconds).ToString("F6", CultureInfo.InvariantCulture);

    private static bool IsHelp(SeenMessage message) =>
        message.Shown.Contains("Here is how I help", StringComparison.Ordinal);

    private async Task SendAsync(Corner corner, JsonObject slackEvent) =>
        (await Office.Slack.EventAsync(Envelope(corner, slackEvent))).Is(200);

    private static string Envelope(Corner corner, JsonObject slackEvent)
    {
        slackEvent["channel"] = corner.Channel;
        return new JsonObject
        {
            ["team_id"] = "T0SIM00001",
            ["type"] = "event_callback",
            ["event_id"] = $"EvORDER{Interlocked.Increment(ref _events)}{corner.Channel}",
            ["event"] = slackEvent,
        }.ToJsonString();
    }

    private async Task<(Corner Corner, string Thread)> StartAsync()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        return (corner, (await corner.AnnouncementAsync()).Ts);
    }
}
