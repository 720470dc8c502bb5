using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class ComposerTests(Chromium chromium)
{
    [Fact]
    public async Task Typing_a_slash_suggests_the_apps_commands_with_their_hints()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.Composer().PressSequentiallyAsync("/");
        await Expect(page.GetByRole(AriaRole.Option))
            .ToHaveTextAsync(["/lunch[help]Order lunch for the office", "/dinnerNot yet"]);
        await page.Composer().PressSequentiallyAsync("l");
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Composer()).ToHaveValueAsync("/lunch ");
        await page.Composer().PressSequentiallyAsync("help");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Message("Try /lunch to order 🍕").GetByText("Only visible to you")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_exact_match_is_suggested_first()
    {
        await using var office = await Office.OpenAsync(chromium);
        await office.ControlAsync(
            HttpMethod.Put,
            "app",
            JsonNode.Parse("""{"commands": ["/lunch-later", "/lunch"]}""")!.AsObject()
        );
        var page = await office.WindowAsync();
        await page.Composer().PressSequentiallyAsync("/lunch");
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveTextAsync(["/lunch", "/lunch-later"]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Modal()).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Typed_text_is_stored_escaped()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("<!channel> &lt; @priya");
        await Expect(page.Message("<!channel> &lt; @Priya")).ToBeVisibleAsync();
        var stored = office.Slack.State.MessagesOf(office.Slack.State.FindChannel("general")!)[^1].Text;
        Assert.Equal("&lt;!channel&gt; &amp;lt; <@U0PRIYA000>", stored);
    }

    [Fact]
    public async Task The_timeout_of_a_command_is_shown_to_the_person()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch slow");
        await office.TimeOutAsync();
        await Expect(page.Message("/lunch failed with the error \"operation_timeout\"")).ToBeVisibleAsync();
        await page.TypeAsync("/brunch");
        await Expect(page.Message("/brunch is not a valid command")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_hint_for_the_first_visit_names_the_apps_command()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var hint = page.GetByRole(AriaRole.Complementary, new() { Name = "First steps" });
        await Expect(hint).ToContainTextAsync("Type /lunch below to begin: order lunch for the office.");
        await Expect(page.GetByTestId("play-demo")).ToBeHiddenAsync();
        await hint.Button("Close this hint").ClickAsync();
        await page.ReloadAsync();
        await Expect(page.Composer()).ToBeVisibleAsync();
        await Expect(hint).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the composer" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Composer()).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync("/lu");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Composer()).ToHaveValueAsync("/lunch ");
        await page.Keyboard.PressAsync("Enter");
        var dish = page.Modal().GetByLabel("Dish");
        await Expect(dish).ToBeFocusedAsync();

        // The focus cycles inside the modal.
        var close = page.Modal().Button("Close");
        await close.FocusAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(page.Modal().Button("Order")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(close).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Modal()).ToBeHiddenAsync();
        await Expect(page.Composer()).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync("/lunch ");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dish).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Soup");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Message("wants Soup")).ToBeVisibleAsync();
        await Expect(page.Composer()).ToBeFocusedAsync();
        await Expect(page.Locator("#announcer")).ToContainTextAsync("Lunch");

        var join = page.Message("Lunch is on").Button("Join");
        while (!await join.EvaluateAsync<bool>("node => node === document.activeElement"))
            await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Message("Lunch is on")).ToContainTextAsync("Joined by @Noor");
    }
}
