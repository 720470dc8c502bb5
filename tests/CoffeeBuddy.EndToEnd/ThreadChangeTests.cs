using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Orders that are changed and withdrawn: by a reply in the run's thread, its buttons, and on the Home tab.</summary>
public sealed class ThreadChangeTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_reply_changes_what_it_names_and_the_person_is_told_what_is_stored()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        await corner.OrderAsync(person, "Latte", "Large", ["Extra shot"], note: "at my desk");

        await person.SayAsync(corner.Channel, "make that an oat flat white", thread);
        await ToldAsync(corner, person, "*Your order:* Large Flat White, Extra shot, Oat milk");
        await person.SayAsync(corner.Channel, "actually small, please", thread);
        // Slack can deliver two replies in the wrong order.
        await corner.SummaryAsync("Small Flat White");
        await person.SayAsync(corner.Channel, "same but decaf and with soy milk instead", thread);

        await corner.SummaryAsync($"Small Flat White, Decaf, Extra shot, Soy milk — <@{person.Id}>");
        Assert.Equal(
            "at my desk",
            await Rows.GetAsync<string>("SELECT note FROM orders WHERE user_id = @user", new { user = person.Id })
        );

        await person.SayAsync(corner.Channel, "cancel my order", thread);

        var told = await ToldAsync(corner, person, "Your order is withdrawn. It was: Small Flat White, Decaf,");
        Assert.Equal(thread, told.ThreadTs);
        await corner.SummaryAsync("No orders yet.");
    }

    [Fact]
    public async Task A_reply_that_is_not_clear_changes_nothing_and_is_asked_back_privately_and_conversation_is_not()
    {
        var (corner, thread) = await StartAsync();
        var (other, person) = (corner.People[0], corner.People[1]);
        await person.SayAsync(corner.Channel, "never mind", thread);
        var ordered = await person.SayAsync(corner.Channel, "large mocha please", thread);
        // Slack's events are handled in any order.
        await HandledAsync(corner, (string)ordered["ts"]!);
        await person.SayAsync(corner.Channel, "thanks! see you at the door", thread);
        await person.SayAsync(corner.Channel, "latte or tea", thread);

        var asked = await ToldAsync(corner, person, "I read Latte and Tea. I have changed nothing.");

        Assert.Contains("*Your order:* Large Mocha", asked.Shown, StringComparison.Ordinal);
        Assert.Equal(["order_change", "order_withdraw"], asked.Buttons);
        Assert.Equal([asked.Ts], InThread(await person.SeesAsync(corner.Channel)).Select(message => message.Ts));
        Assert.Empty(InThread(await other.SeesAsync(corner.Channel)));
        Assert.Equal(["Large Mocha"], await OrdersAsync(corner));

        await other.SayAsync(corner.Channel, "no sugar", thread);

        var nothing = await ToldAsync(corner, other, "You have no order in this run that I could change.");
        Assert.Equal(["order_open"], nothing.Buttons);
        Assert.Equal(["Large Mocha"], await OrdersAsync(corner));
    }

    [Fact]
    public async Task A_reply_that_is_handled_again_has_one_effect_and_one_answer()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        string[] texts = ["large tea", "make it decaf", "make it a chai", "no sugar", "cancel my order"];
        var replies = new List<string>();
        foreach (var text in texts)
        {
            replies.Add((string)(await person.SayAsync(corner.Channel, text, thread))["ts"]!);
            await HandledAsync(corner, replies[^1]);
        }
        await ToldAsync(corner, person, "Your order is withdrawn.");
        var before = InThread(await person.SeesAsync(corner.Channel));
        Assert.Equal(3, before.Count);

        // As after a worker that was killed before it could store that it has handled them.
        await Rows.ExecuteAsync(
            "DELETE FROM processed_events WHERE event_id LIKE 'message:' || @channel || '%'",
            new { channel = corner.Channel }
        );
        foreach (var (text, ts) in texts.Zip(replies))
        {
            await SendAsync(corner, person, thread, text, ts);
            await HandledAsync(corner, ts);
        }

        Assert.Equal(
            before.Select(message => message.Ts),
            InThread(await person.SeesAsync(corner.Channel)).Select(message => message.Ts)
        );
        Assert.Equal(
            ["order_placed", "order_placed", "order_withdrawn"],
            await Rows.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE user_id = @user ORDER BY log_id",
                new { user = person.Id }
            )
        );
    }

    [Fact]
    public async Task After_the_end_of_the_run_a_person_is_told_once_that_it_is_too_late()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        await corner.OrderAsync(person, "Tea");
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");
        await Eventually.TrueAsync(async () => await corner.StatusAsync() == "cancelled", "the run is cancelled");

        foreach (var text in (string[])["no sugar", "latte or tea", "cancel my order", "thanks anyway"])
        {
            var ts = (string)(await person.SayAsync(corner.Channel, text, thread))["ts"]!;
            if (text != "thanks anyway")
                await HandledAsync(corner, ts);
        }

        var told = Assert.Single(InThread(await person.SeesAsync(corner.Channel)));
        Assert.Contains("This is too late: the run was cancelled", told.Shown, StringComparison.Ordinal);
        Assert.Equal(["Medium Tea"], await OrdersAsync(corner));
    }

    [Fact]
    public async Task A_reply_that_is_deleted_or_edited_away_leaves_the_order_and_asks()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        var first = (string)(await person.SayAsync(corner.Channel, "small latte", thread))["ts"]!;
        await corner.SummaryAsync("Small Latte");
        await corner.EditAsync(person, first, "see you later");
        await ToldAsync(corner, person, "but the order stands: Small Latte.");

        var second = (string)(await person.SayAsync(corner.Channel, "small tea", thread))["ts"]!;
        await corner.SummaryAsync("Small Tea");
        await corner.EditAsync(person, second, "large tea");
        await corner.SummaryAsync("Large Tea");
        await corner.DeleteAsync(person, second);

        var told = await ToldAsync(corner, person, "but the order stands: Large Tea.");
        Assert.Equal(["Large Tea"], await OrdersAsync(corner));
        // It is the reply of another order: nothing to say.
        await corner.DeleteAsync(person, first);
        await person.ClickAsync(told, "order_withdraw");
        await ToldAsync(corner, person, "Your order is withdrawn.");
        Assert.Equal(2, InThread(await person.SeesAsync(corner.Channel)).Count(IsStanding));
    }

    [Fact]
    public async Task Somebody_with_several_orders_is_asked_which_one_to_withdraw()
    {
        var (corner, thread) = await StartAsync();
        var person = corner.People[1];
        await corner.OrderAsync(person, "Latte");
        await corner.FormAsync(person);
        Assert.True((bool)(await person.SubmitAsync(("drink:0", "Mocha"), ("guest:0", "Dr Grey")))["closed"]!);
        await corner.SummaryAsync("*2 orders so far*");

        await person.SayAsync(corner.Channel, "withdraw", thread);

        var asked = await ToldAsync(corner, person, "You have several orders. Which one");
        Assert.Contains("*For your guest Dr Grey:* Medium Mocha", asked.Shown, StringComparison.Ordinal);
        Assert.Equal(["order_change", "order_withdraw", "guest_withdraw"], asked.Buttons);
        Assert.Equal(["Medium Latte", "Medium Mocha"], await OrdersAsync(corner));

        await person.SayAsync(corner.Channel, "cancel my order", thread);

        await ToldAsync(corner, person, "It was: Medium Latte. Your order for a guest stays.");
        Assert.Equal(["Medium Mocha"], await OrdersAsync(corner));
    }

    [Fact]
    public async Task The_buttons_of_the_order_list_are_about_the_order_of_the_person_who_clicks()
    {
        var (corner, _) = await StartAsync();
        var (other, person) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(person, "Mocha", "Small");
        var summary = await corner.SummaryAsync("Small Mocha");

        await other.ClickAsync(summary, "order_change");
        await ToldAsync(corner, other, "You have no order in this run that I could change.");
        await other.ClickAsync(summary, "order_withdraw");
        await ToldAsync(corner, other, "You have no order in this run.");
        var form = await FormAsync(person, () => person.ClickAsync(summary, "order_change"), _ => true);
        Assert.Contains("\"Mocha\"", form.ToJsonString(), StringComparison.Ordinal);
        await corner.SubmitAsync(person, "Tea");
        await person.ClickAsync(await corner.SummaryAsync("Medium Tea"), "order_withdraw");

        await ToldAsync(corner, person, "Your order is withdrawn. It was: Medium Tea.");
        await corner.SummaryAsync("No orders yet.");
    }

    [Fact]
    public async Task The_Home_tab_shows_an_order_after_each_change_of_it()
    {
        var (corner, _) = await StartAsync();
        var person = corner.People[1];
        await corner.OrderAsync(person, "Mocha", "Small");
        await Office.OpenHomeAsync(person);
        await Office.HomeAsync(person, "*Your order:* Small Mocha");

        await FormAsync(person, () => person.ClickAsync("home", "order_change"), _ => true);
        await corner.SubmitAsync(person, "Tea", "Large");
        await Office.HomeAsync(person, "*Your order:* Large Tea");
        await person.ClickAsync("home", "order_withdraw");

        var home = await Office.HomeAsync(person, "Your order is withdrawn. It was: Large Tea.");
        Assert.DoesNotContain("order_withdraw", home, StringComparison.Ordinal);
        Assert.Empty(await OrdersAsync(corner));
    }

    private async Task<(Corner Corner, string Thread)> StartAsync()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);
        return (corner, (await corner.AnnouncementAsync()).Ts);
    }

    private async Task<IReadOnlyList<string>> OrdersAsync(Corner corner) =>
        await Rows.ListAsync<string>(
            "SELECT concat(size, ' ', drink_type) FROM all_orders WHERE run_id = @run ORDER BY created_at",
            new { run = await corner.RunIdAsync() }
        );

    private Task HandledAsync(Corner corner, string ts) =>
        Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "processed_events WHERE event_id = @id AND done_at IS NOT NULL",
                    new { id = $"message:{corner.Channel}:{ts}:" }
                ) == 1,
            "the reply is handled"
        );

    private async Task SendAsync(Corner corner, SlackPerson person, string thread, string text, string ts) =>
        (
            await Office.Slack.EventAsync(
                new JsonObject
                {
                    ["team_id"] = "T0SIM00001",
                    ["type"] = "event_callback",
                    ["event_id"] = $"EvAGAIN{ts.Replace(".", "", StringComparison.Ordinal)}",
                    ["event"] = new JsonObject
                    {
                        ["type"] = "message",
                        ["channel"] = corner.Channel,
                        ["user"] = person.Id,
                        ["text"] = text,
                        ["ts"] = ts,
                        ["thread_ts"] = thread,
                    },
                }.ToJsonString()
            )
        ).Is(200);

    /// <summary>The private answers in the thread.</summary>
    private static List<SeenMessage> InThread(IEnumerable<SeenMessage> messages) =>
        [.. messages.Where(message => message is { IsEphemeral: true, ThreadTs.Length: > 0 })];

    private static bool IsStanding(SeenMessage message) =>
        message.Shown.Contains("but the order stands", StringComparison.Ordinal);
}
