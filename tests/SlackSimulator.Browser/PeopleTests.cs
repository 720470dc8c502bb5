using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class PeopleTests(Chromium chromium)
{
    [Fact]
    public async Task Two_windows_can_act_as_two_people()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var priya = await office.WindowAsync("priya");
        await noor.TypeAsync("Hungry?");
        await Expect(priya.Message("Hungry?")).ToContainTextAsync("Noor");
        await priya.TypeAsync("Very!");
        await Expect(noor.Message("Very!")).ToContainTextAsync("Priya");
        await Expect(noor.GetByTestId("self")).ToContainTextAsync("Noor");
        await Expect(priya.GetByTestId("self")).ToContainTextAsync("Priya");
    }

    [Fact]
    public async Task One_click_switches_the_person_and_the_URL()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.BecomeAsync("Mateo");
        await Expect(page.GetByTestId("self")).ToContainTextAsync("America/New_York");
        await Expect(page).ToHaveURLAsync($"{office.Slack.BaseAddress}?as=U0MATEO000&channel=C0GENERAL0");
        await page.TypeAsync("Hola");
        await Expect(page.Message("Hola")).ToContainTextAsync("Mateo");
        await page.GoBackAsync();
        await Expect(page.GetByTestId("self")).ToContainTextAsync("Noor");
    }

    [Fact]
    public async Task Notifications_are_paused_and_resumed_and_everybody_sees_it()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var priya = await office.WindowAsync("priya");
        await noor.Button("Pause notifications").ClickAsync();
        await Expect(priya.Locator("[data-paused=noor]")).ToContainTextAsync("notifications paused");
        var asked = await office.App.CallAsync("dnd.info", new JsonObject { ["user"] = "U0NOOR0000" });
        Assert.True((bool)asked["dnd_enabled"]!);
        await noor.GetByTestId("pause").ClickAsync();
        await Expect(priya.Locator("[data-paused=noor]")).ToHaveCountAsync(0);
        await Expect(noor.Button("Pause notifications")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Unread_conversations_are_marked_until_they_are_opened()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync(channel: "random");
        var priya = await office.WindowAsync("priya");
        var general = noor.Locator("[data-channel=general]");
        await priya.TypeAsync("Soup is out, @noor");
        await Expect(general).ToHaveAccessibleNameAsync("general (1 unread)");
        await Expect(noor).ToHaveTitleAsync("(1) #random · Noor · Simulated Workspace");
        await general.ClickAsync();
        await Expect(noor.Message("Soup is out")).ToBeVisibleAsync();
        await noor.Locator("[data-channel=random]").ClickAsync();
        await Expect(general).ToHaveAccessibleNameAsync("general");
    }

    [Fact]
    public async Task A_thread_reply_in_direct_messages_does_not_mark_them_as_unread()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var first = await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = "U0NOOR0000", ["text"] = "First" }
        );
        var app = page.Locator("[data-channel=dm]");
        await Expect(app).ToHaveAccessibleNameAsync("Lunch (1 unread)");
        await app.ClickAsync();
        await Expect(page.Message("First")).ToBeVisibleAsync();
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = "U0NOOR0000",
                ["text"] = "Within",
                ["thread_ts"] = first["ts"]!.DeepClone(),
            }
        );
        await Expect(page.Message("First")).ToContainTextAsync("1 reply");
        await page.Locator("[data-channel=general]").ClickAsync();
        await Expect(app).ToHaveAccessibleNameAsync("Lunch");
    }

    [Fact]
    public async Task Group_direct_messages_are_listed_with_their_members_names()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var opened = await office.App.CallAsync(
            "conversations.open",
            new JsonObject { ["users"] = "U0NOOR0000,U0PRIYA000" }
        );
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = opened["channel"]!["id"]!.DeepClone(), ["text"] = "For the two of you" }
        );
        var group = page.Locator("#sidebar [data-channel^=G]");
        await Expect(group).ToContainTextAsync("Priya");
        await Expect(group).ToContainTextAsync("(1 unread)");
        await group.ClickAsync();
        await Expect(page.Message("For the two of you")).ToBeVisibleAsync();
        await Expect(page.Locator(".channel-title")).ToContainTextAsync("Priya");
        await page.TypeAsync("Thanks");
        await Expect(page.Message("Thanks")).ToBeVisibleAsync();
        var kenji = await office.WindowAsync("kenji");
        await Expect(kenji.Locator("#sidebar [data-channel^=G]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_sidebar_keeps_scroll_position_and_focus_when_messages_arrive()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync(channel: "random", height: 320);
        await page.Button("Switch between light and dark").FocusAsync();
        await page.EvaluateAsync("() => { document.querySelector('.nav-scroll').scrollTop = 60; }");
        await office.App.PostAsync("News");
        await Expect(page.Locator("[data-channel=general]")).ToHaveAccessibleNameAsync("general (1 unread)");
        await Expect(page.Button("Switch between light and dark")).ToBeFocusedAsync();
        Assert.Equal(60, await page.EvaluateAsync<int>("() => document.querySelector('.nav-scroll').scrollTop"));
    }

    [Fact]
    public async Task The_apps_direct_messages_show_an_unread_count_and_a_Home_tab()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.OrderAsync("Soup");
        var app = page.Locator("[data-channel=dm]");
        await Expect(app).ToHaveAccessibleNameAsync("Lunch (1 unread)");
        await app.ClickAsync();
        await Expect(page.Message("Your lunch is on its way 🚀")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Home" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Welcome to lunch" })).ToBeVisibleAsync();
        await page.Button("Refresh").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Refreshed" })).ToBeVisibleAsync();
        await Expect(app).ToHaveAccessibleNameAsync("Lunch");
    }
}
