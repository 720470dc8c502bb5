using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class ComposerTests(Chromium chromium)
{
    [Fact]
    public async Task A_slash_offers_the_apps_commands_with_their_hints()
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
    public async Task What_is_typed_in_full_is_offered_first()
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
    public async Task What_is_typed_reaches_the_app_escaped()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("<!channel> &lt; @priya");
        await Expect(page.Message("<!channel> &lt; @Priya")).ToBeVisibleAsync();
        var stored = office.Slack.State.MessagesOf(office.Slack.State.FindChannel("general")!)[^1].Text;
        Assert.Equal("&lt;!channel&gt; &amp;lt; <@U0PRIYA000>", stored);
    }

    [Fact]
    public async Task A_command_the_app_does_not_answer_is_told_to_its_person()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch slow");
        await Expect(page.Message("/lunch failed with the error \"operation_timeout\"")).ToBeVisibleAsync();
        await page.TypeAsync("/brunch");
        await Expect(page.Message("/brunch is not a valid command")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_first_hint_names_the_apps_own_command()
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

        // The focus goes round inside the modal.
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
