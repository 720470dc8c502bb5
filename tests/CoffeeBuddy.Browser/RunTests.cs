using CoffeeBuddy.Browser.Support;

namespace CoffeeBuddy.Browser;

/// <summary>A coffee run on the page.</summary>
public sealed class RunTests(CoffeeOffice office) : PageTest(office)
{
    [Fact]
    public async Task Three_people_order_in_their_windows_and_the_runner_completes_the_run()
    {
        var windows = await Corner.WindowsAsync();
        var (noor, priya, mateo) = (windows[0], windows[1], windows[2]);

        await noor.Composer().PressSequentiallyAsync("/coffee");
        await Expect(noor.GetByRole(AriaRole.Option, new() { Name = "/coffee " }).First)
            .ToContainTextAsync("[minutes | at 14:30 | help | away | back]");
        await noor.Composer().PressAsync("Enter");
        await Expect(noor.Modal()).ToContainTextAsync($"@{Corner.People[0]} started this run in #{Corner.Channel}");
        await noor.Field("Drink").SelectOptionAsync("Latte");
        await noor.Field("Large").CheckAsync();
        await noor.Field("Oat milk").CheckAsync();
        await noor.Modal().GetByLabel("Note for this time").FillAsync("<!channel> *hot* & quick");
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(noor.Modal()).ToBeHiddenAsync();
        await Expect(noor.Message("Your order: Large Latte, Oat milk")).ToContainTextAsync("Only visible to you");
        await Expect(noor.Message("Your order:")).ToContainTextAsync("<!channel> ∗hot∗ & quick");

        await Expect(priya.Announcement()).ToContainTextAsync("1 order. I will choose who goes");
        await Expect(priya.Announcement()).ToContainTextAsync(", in 4 minutes");
        await Expect(priya.Message("Your order:")).ToHaveCountAsync(0);
        var thread = await priya.OpenRunAsync();
        await Expect(thread).ToContainTextAsync("1 order so far");
        await priya.Announcement().Button("Order…").ClickAsync();
        await priya.Field("Drink").SelectOptionAsync("Cappuccino");
        await priya.Modal().Button("Order").ClickAsync();
        await Expect(thread).ToContainTextAsync("2 orders so far");
        await Expect(thread).ToContainTextAsync("1 × Medium Cappuccino");

        await mateo.OpenRunAsync();
        await mateo.Locator("#thread-composer").FillAsync("small espresso");
        await mateo.Locator("#thread-composer").PressAsync("Enter");
        await Expect(thread).ToContainTextAsync("3 orders so far");
        await Expect(thread).ToContainTextAsync("1 × Small Espresso");

        var name = await noor.RunnerAsync(Corner.People);
        var runner = windows[Corner.People.ToList().IndexOf(name)];
        await Expect(runner.App()).ToHaveAccessibleNameAsync("CoffeeBuddy (1 unread)");
        await runner.App().ClickAsync();
        await Expect(runner.Message("You go for coffee")).ToContainTextAsync("Why you: 0 runs in 30 days");
        await Expect(runner.App()).ToHaveAccessibleNameAsync("CoffeeBuddy");
        await runner.Button("Mark complete").ClickAsync();
        await Expect(runner.Message("is complete, 3 orders. Thank you for going!")).ToBeVisibleAsync();
        await Expect(runner.Button("Mark complete")).ToHaveCountAsync(0);

        var watcher = runner == noor ? priya : noor;
        var done = watcher.Thread().GetByTestId("message").Filter(new() { HasText = "The coffee run is complete" });
        foreach (var person in Corner.People)
            await Expect(done).ToContainTextAsync($"@{person}");
        await Expect(watcher.Announcement()).ToContainTextAsync($"Complete, 3 orders brought by @{name}.");
    }

    [Fact]
    public async Task The_usual_is_ordered_with_one_click_and_the_same_as_somebody_with_two()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        var priya = await Corner.WindowAsync(Corner.People[1]);
        await noor.OrderCoffeeAsync("Mocha");
        await noor.TypeAsync("/coffee-cancel");
        await Expect(noor.Announcement()).ToContainTextAsync("Cancelled");
        await priya.OrderCoffeeAsync("Cappuccino");
        var announcement = noor.Announcement().Filter(new() { HasText = "1 order" });

        await announcement.Button("Order my usual").ClickAsync();

        var confirmations = noor.Message("Your order: Medium Mocha");
        // The other one is that of the cancelled run.
        await Expect(confirmations).ToHaveCountAsync(2);
        var confirmation = confirmations.Last;
        await Expect(confirmation.Button("Undo")).ToBeVisibleAsync();
        await Expect(announcement.Or(noor.Announcement().Filter(new() { HasText = "2 orders" }))).ToHaveCountAsync(1);
        await Expect(noor.Announcement().Last).ToContainTextAsync("2 orders");
        await Expect(noor.Modal()).ToBeHiddenAsync();

        await confirmation.Button("Change…").ClickAsync();
        await noor.Modal()
            .GetByRole(AriaRole.Combobox, new() { Name = "Choose a person" })
            .SelectOptionAsync(new SelectOptionValue { Label = Corner.People[1] });
        await Expect(noor.Modal()).ToContainTextAsync($"The same as @{Corner.People[1]}");
        await Expect(noor.Field("Drink")).ToHaveValueAsync("Cappuccino");
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(noor.Message("Your order: Medium Cappuccino").Last).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_line_in_the_thread_changes_the_order_and_one_that_is_not_clear_is_asked_back()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.OrderCoffeeAsync("Mocha");
        var thread = await noor.OpenRunAsync();

        await noor.Locator("#thread-composer").FillAsync("make that an oat flat white");
        await noor.Locator("#thread-composer").PressAsync("Enter");
        await Expect(thread).ToContainTextAsync("1 × Medium Flat White, Oat milk");
        await noor.Locator("#thread-composer").FillAsync("latte or tea");
        await noor.Locator("#thread-composer").PressAsync("Enter");

        var asked = thread.GetByTestId("message").Filter(new() { HasText = "I read Latte and Tea." });
        await Expect(asked).ToContainTextAsync("Only visible to you");
        await Expect(asked).ToContainTextAsync("I have changed nothing.");
        await asked.Button("Change…").ClickAsync();
        await Expect(noor.Field("Drink")).ToHaveValueAsync("Flat White");
        await noor.Field("Small").CheckAsync();
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(thread).ToContainTextAsync("1 × Small Flat White, Oat milk");
        await Expect(thread.Button("Withdraw my order")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_runner_sees_why_cannot_go_and_is_replaced()
    {
        var windows = await Corner.WindowsAsync();
        var name = await Corner.SettleAsync(windows);
        var runner = windows[Corner.People.ToList().IndexOf(name)];
        await runner.App().ClickAsync();
        var told = runner.Message("You go for coffee");

        await told.Button("Why me?").ClickAsync();
        await Expect(runner.Modal()).ToContainTextAsync($"@{name} — 0 runs in 30 days");
        foreach (var person in Corner.People)
            await Expect(runner.Modal()).ToContainTextAsync($"@{person} — ");
        await runner.Keyboard.PressAsync("Escape");
        await told.Button("Barista's list").ClickAsync();
        await Expect(runner.Modal()).ToContainTextAsync("3 x Medium Latte");
        await Expect(runner.Modal()).ToContainTextAsync($"@{name} — Medium Latte");
        await runner.Keyboard.PressAsync("Escape");
        await told.Button("I can't go…").ClickAsync();
        await runner.Modal().GetByLabel("Why not?").FillAsync("The dentist called");
        await runner.Modal().Button("I can't go").ClickAsync();

        await Expect(runner.Message("You do not go for the run")).ToContainTextAsync("goes instead.");
        await Expect(runner.Button("Mark complete")).ToHaveCountAsync(0);
        var watcher = runner == windows[0] ? windows[1] : windows[0];
        if (watcher != windows[0])
            await watcher.OpenRunAsync();
        await Expect(watcher.Thread()).ToContainTextAsync($"@{name} cannot go: The dentist called");
        await Expect(watcher.Announcement()).Not.ToContainTextAsync($"@{name} goes");
    }

    [Fact]
    public async Task The_runner_leaves_is_back_and_somebody_collects()
    {
        var windows = await Corner.WindowsAsync();
        var name = await Corner.SettleAsync(windows);
        var runner = windows[Corner.People.ToList().IndexOf(name)];
        var watcher = runner == windows[0] ? windows[1] : windows[0];
        if (watcher != windows[0])
            await watcher.OpenRunAsync();
        await runner.App().ClickAsync();
        var told = runner.Message("You go for coffee");

        await told.Button("Leaving now").ClickAsync();
        await runner.GetByRole(AriaRole.Alertdialog).Button("Leaving now").ClickAsync();
        await Expect(watcher.Announcement()).ToContainTextAsync($"@{name} has left, so orders are neither taken");
        await Expect(watcher.Announcement().Button("Order…")).ToHaveCountAsync(0);
        await Expect(watcher.Thread()).ToContainTextAsync("3 orders in all");
        await told.Button("I'm back").ClickAsync();

        var ping = watcher.Thread().GetByTestId("message").Filter(new() { HasText = "is back with the drinks" });
        await Expect(ping).ToContainTextAsync("0 of 2 collected");
        await ping.Button("Collected").ClickAsync();
        await Expect(ping).ToContainTextAsync($"1 of 2 collected: @{Corner.People[watcher == windows[0] ? 0 : 1]}");
    }

    [Fact]
    public async Task The_home_tab_shows_an_absence_with_its_end_and_the_settings_that_were_saved()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.TypeAsync("/coffee away 2 weeks");
        await Expect(noor.Message("You are away until")).ToContainTextAsync("Only visible to you");
        await noor.App().ClickAsync();
        await Expect(noor.Locator("#home")).ToContainTextAsync("You are away until");
        await noor.Button("I am back").ClickAsync();
        await Expect(noor.Locator("#home")).ToContainTextAsync("You are here");

        await noor.Button("Settings…").ClickAsync();
        await noor.Field("Remind me, when I go, after").SelectOptionAsync("2 minutes");
        await noor.Field("No reminders from").SelectOptionAsync("22:00");
        await noor.Field("I do not want to go").CheckAsync();
        await noor.Modal().Button("Save").ClickAsync();
        await Expect(noor.Field("until")).ToHaveAccessibleDescriptionAsync("Choose both times, or none.");
        await noor.Field("until").SelectOptionAsync("07:00");
        await noor.Modal().Button("Save").ClickAsync();

        await Expect(noor.Modal()).ToBeHiddenAsync();
        await Expect(noor.Locator("#home"))
            .ToContainTextAsync("Reminder after 2 minutes by direct message, none from 22:00 until 07:00.");
        await Expect(noor.Locator("#home")).ToContainTextAsync("You are not chosen");
    }

    [Fact]
    public async Task A_run_is_planned_for_later_and_announced_when_it_is_due_unless_it_is_cancelled()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.TypeAsync("/coffee at half past two");
        await Expect(noor.Message("so I have planned nothing")).ToContainTextAsync("Only visible to you");
        await noor.TypeAsync("/coffee tomorrow at 14:30");
        var planned = noor.Message("A coffee run starts here");
        await Expect(planned).ToContainTextAsync("starts here: Tomorrow 2:30 PM.");
        await planned.Button("Cancel").ClickAsync();
        await Expect(noor.Message("that you planned in")).ToContainTextAsync("is cancelled");

        await noor.TypeAsync("/coffee tomorrow at 15:30");
        await noor.App().ClickAsync();
        await Expect(noor.Locator("#home")).ToContainTextAsync("Your planned runs");
        await Expect(noor.Locator("#home").Button("Cancel")).ToHaveCountAsync(1);
        await Office.Rows.ExecuteAsync("UPDATE planned_runs SET starts_at = created_at WHERE status = 'planned'");

        var priya = await Corner.WindowAsync(Corner.People[1]);
        await Expect(priya.Announcement()).ToContainTextAsync($"@{Corner.People[0]} is organising a coffee run");
        await priya.Announcement().Button("Order…").ClickAsync();
        await priya.Field("Drink").SelectOptionAsync("Latte");
        await priya.Modal().Button("Order").ClickAsync();
        await Expect(priya.Message("Your order: Medium Latte")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_admin_writes_the_menu_of_a_channel_and_the_order_form_has_it()
    {
        var corner = await Office.CornerAsync("noor");
        var noor = await corner.WindowAsync("noor");
        await noor.App().ClickAsync();
        await noor.Button("Menus…").ClickAsync();
        await noor.Modal()
            .GetByRole(AriaRole.Combobox, new() { Name = "Menu of a channel…" })
            .SelectOptionAsync(new SelectOptionValue { Label = $"#{corner.Channel}" });
        await Expect(noor.Modal()).ToContainTextAsync($"Menu of #{corner.Channel}");
        await noor.Modal().Button("Edit…").ClickAsync();
        await noor.Field("Drinks").FillAsync("Flat White\nChai");
        await noor.Modal().GetByLabel("Name of the shop").FillAsync("Beans & Co");
        await noor.Modal().GetByLabel("Link of the shop").FillAsync("http://beans.example");
        await noor.Field("People can also type a drink that is not on the menu").UncheckAsync();
        await noor.Modal().Button("Save").ClickAsync();
        await Expect(noor.Modal()).ToContainTextAsync("Give an address that begins with https://.");
        await noor.Modal().GetByLabel("Link of the shop").FillAsync("https://beans.example");
        await noor.Modal().Button("Save").ClickAsync();
        await Expect(noor.Modal()).ToContainTextAsync("This channel has a menu of its own.");

        var person = await corner.WindowAsync(corner.People[0]);
        await person.TypeAsync("/coffee");
        await Expect(person.Field("Drink").Locator("option:not([value=''])")).ToHaveTextAsync(["Flat White", "Chai"]);
        await Expect(person.Modal()).ToContainTextAsync("Beans & Co");
        await person.Field("Drink").SelectOptionAsync("Chai");
        await person.Modal().Button("Order").ClickAsync();
        await Expect(person.Announcement()).ToContainTextAsync("Beans & Co");
        await corner.CloseAsync();
    }

    [Fact]
    public async Task An_error_in_an_order_is_shown_under_its_field()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.TypeAsync("/coffee");
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(noor.Field("Drink")).ToHaveAccessibleDescriptionAsync("Please complete this required field.");

        await noor.Field("Drink").SelectOptionAsync("Something else");
        await noor.Modal().Button("Order").ClickAsync();
        var typed = noor.Modal().GetByRole(AriaRole.Textbox, new() { Name = "Something else" });
        await Expect(typed).ToHaveAccessibleDescriptionAsync("Choose a drink, or type one.");
        await Expect(noor.Field("Drink")).ToHaveAccessibleDescriptionAsync("");

        await typed.FillAsync("Chai");
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(noor.Message("Your order: Medium Chai")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_runner_is_reminded_after_the_clock_has_been_moved()
    {
        var windows = await Corner.WindowsAsync();
        var name = await Corner.SettleAsync(windows);
        var runner = windows[Corner.People.ToList().IndexOf(name)];
        await runner.App().ClickAsync();
        await Expect(runner.Message("You go for coffee")).ToBeVisibleAsync();
        await Expect(runner.Message("A reminder")).ToHaveCountAsync(0);

        var drawer = await runner.DeveloperAsync("Clock");
        await drawer.Button("+5 min").ClickAsync();

        await Expect(runner.Message("A reminder: 3 orders")).ToContainTextAsync("3 × Medium Latte");
        await runner.Message("A reminder").Button("Mark complete").ClickAsync();
        await Expect(runner.Button("Mark complete")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("ratelimited", "1", "ratelimited")]
    [InlineData("error", "503", "internal_error")]
    public async Task A_message_that_Slack_refused_arrives_when_Slack_works_again(
        string kind,
        string amount,
        string shown
    )
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        var drawer = await noor.DeveloperAsync("Faults");
        await drawer.GetByTestId("fault-method").SelectOptionAsync("chat.postMessage");
        await drawer.GetByTestId("fault-kind").SelectOptionAsync(kind);
        await drawer.GetByTestId("fault-amount").FillAsync(amount);
        await drawer.Button("Add fault").ClickAsync();
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);

        await noor.SendOrderAsync("Latte");
        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Traffic" }).ClickAsync();
        var refused = drawer
            .GetByTestId("traffic-entry")
            .Filter(new() { HasText = "chat.postMessage" })
            .Filter(new() { HasText = "fault: " });
        await Expect(refused.First).ToContainTextAsync(shown);
        await Expect(noor.Announcement()).ToHaveCountAsync(0);

        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Faults" }).ClickAsync();
        await drawer.Button("Clear all faults").ClickAsync();
        await Expect(noor.Announcement()).ToContainTextAsync("1 order", new() { Timeout = 2 * CoffeeOffice.Timeout });
        await Expect(noor.Announcement()).ToHaveCountAsync(1);
    }
}
