using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class MessageTests(Chromium chromium)
{
    [Fact]
    public async Task A_message_is_rendered_as_at_Slack_in_the_persons_time_zone()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await noor.OrderAsync("Soup");
        var message = noor.Message("Lunch is on");
        await Expect(message.GetByRole(AriaRole.Heading, new() { Name = "🍕 Lunch is on" })).ToBeVisibleAsync();
        await Expect(message.GetByText("APP", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(message.Locator("strong").Filter(new() { HasText = "Soup" })).ToBeVisibleAsync();
        await Expect(message.Locator("s")).ToHaveTextAsync("nothing else");
        await Expect(message.Locator("blockquote code")).ToHaveTextAsync("today");
        await Expect(message.GetByRole(AriaRole.Link, new() { Name = "the menu" }))
            .ToHaveAttributeAsync("href", "https://example.com/menu");
        await Expect(message.GetByText(":unknown_emoji:")).ToBeVisibleAsync();
        await Expect(message.GetByText("Mar 17, 2030 at 7:00 PM")).ToBeVisibleAsync();

        var kenji = await office.WindowAsync("kenji");
        await Expect(kenji.Message("Lunch is on").GetByText("Mar 18, 2030 at 3:00 AM")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Text_is_never_rendered_as_HTML()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("<img src=x onerror=alert(1)> & *bold* :coffee: @priya");
        var message = page.Message("onerror");
        await Expect(message).ToContainTextAsync("<img src=x onerror=alert(1)> & bold ☕\uFE0F @Priya");
        await Expect(message.Locator("img")).ToHaveCountAsync(0);
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = "C0GENERAL0", ["text"] = "<javascript:alert(1)|click> <b>no</b>" }
        );
        await Expect(page.Message("<b>no</b>")).ToBeVisibleAsync();
        await Expect(page.Message("<b>no</b>").GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = "C0GENERAL0",
                ["text"] = "Rich",
                ["blocks"] = JsonNode.Parse(
                    """
                    [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                      {"type": "link", "url": "javascript:alert(1)", "text": "trap"}, {"type": "text", "text": "fat", "style": {"bold": true}}]}]}]
                    """
                ),
            }
        );
        await Expect(page.Message("trap").Locator("strong")).ToHaveTextAsync("fat");
        await Expect(page.Message("trap").GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_ephemeral_message_is_shown_to_one_person_only()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var priya = await office.WindowAsync("priya");
        await noor.OrderAsync("Soup");
        await Expect(noor.Message("Only you know").GetByText("Only visible to you")).ToBeVisibleAsync();
        await Expect(priya.Message("Lunch is on")).ToBeVisibleAsync();
        await priya.ReloadAsync();
        await Expect(priya.Message("Lunch is on")).ToBeVisibleAsync();
        await Expect(priya.Message("Only you know")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_button_changes_the_message_in_all_windows_without_a_reload()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        var priya = await office.WindowAsync("priya");
        await noor.OrderAsync("Soup");
        await priya.Message("Lunch is on").Button("Join").ClickAsync();
        await Expect(noor.Message("Lunch is on")).ToContainTextAsync("Joined by @Priya");
        await Expect(noor.Message("Lunch is on").GetByText("(edited)")).ToBeVisibleAsync();
        await Expect(priya.Message("Lunch is on").Button("Join")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_button_with_a_confirmation_asks_first()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.OrderAsync("Soup");
        var cancel = page.Message("Lunch is on").Button("Cancel lunch");
        var question = page.GetByRole(AriaRole.Alertdialog, new() { Name = "Cancel lunch?" });

        await cancel.ClickAsync();
        await Expect(question).ToContainTextAsync("Everybody goes hungry.");
        await question.Button("Keep it").ClickAsync();
        await Expect(question).ToBeHiddenAsync();
        await Expect(cancel).ToBeFocusedAsync();

        await cancel.ClickAsync();
        await question.Button("Cancel it").ClickAsync();
        await Expect(page.Message("was cancelled")).ToBeVisibleAsync();
        await Expect(page.Message("Lunch is on")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_timeout_of_a_button_is_shown_after_three_seconds()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.OrderAsync("Soup");
        var button = page.Message("Lunch is on").Button("Ask the cook");
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-busy", "true");
        await page.TypeAsync("Meanwhile");
        await Expect(page.Message("Meanwhile")).ToBeVisibleAsync();
        await Expect(button).ToBeDisabledAsync();
        await office.TimeOutAsync();
        await Expect(page.Message("Lunch is on").GetByRole(AriaRole.Alert))
            .ToContainTextAsync("did not answer within 3 seconds");
        await Expect(button).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Selects_and_menus_in_a_message_send_the_choice_to_the_app()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.OrderAsync("Soup");
        var message = page.Message("Lunch is on");
        await message.GetByLabel("When").SelectOptionAsync("later");
        await Expect(page.Message("You chose Later")).ToBeVisibleAsync();
        await message.Button("More actions").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }).ClickAsync();
        await Expect(page.Message("You chose Rename")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(message.GetByLabel("When")).ToHaveValueAsync("later");
    }

    [Fact]
    public async Task A_channel_link_in_a_thread_opens_the_channel_without_a_reload()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var parent = (string)(await office.App.PostAsync("Head"))["ts"]!;
        await office.App.PostAsync("See <#C0RANDOM00>", thread: parent);
        await page.Message("Head").GetByRole(AriaRole.Button, new() { Name = "1 reply" }).ClickAsync();
        await page.EvaluateAsync("() => { window.isSame = true; }");
        await page.Thread().GetByRole(AriaRole.Link, new() { Name = "#random" }).ClickAsync();
        await Expect(page.Locator(".channel-title")).ToContainTextAsync("random");
        Assert.True(await page.EvaluateAsync<bool>("() => window.isSame === true"));
    }

    [Fact]
    public async Task A_refused_edit_is_reported_and_the_typed_text_is_kept()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.TypeAsync("Mine");
        await page.Message("Mine").HoverAsync();
        await page.Message("Mine").Button("Edit message").ClickAsync();
        var field = page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });
        await field.FillAsync("Changed");
        await page.RouteAsync(
            "**/people/*/messages",
            route =>
                route.FulfillAsync(
                    new RouteFulfillOptions
                    {
                        Status = 404,
                        Body = """{"ok": false, "error": "message_not_found", "detail": "There is no such message."}""",
                    }
                )
        );
        await field.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "There is no such message." }))
            .ToBeVisibleAsync();
        await Expect(field).ToHaveValueAsync("Changed");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Of_several_fast_choices_the_last_one_is_sent_and_shown()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.OrderAsync("Soup");
        var when = page.Message("Lunch is on").GetByLabel("When");
        var isSlow = new TaskCompletionSource();
        await page.RouteAsync(
            "**/actions",
            async route =>
            {
                await isSlow.Task;
                await route.ContinueAsync();
            }
        );
        await when.SelectOptionAsync("now");
        await when.SelectOptionAsync("later");
        await when.SelectOptionAsync("now");
        await when.SelectOptionAsync("later");
        isSlow.SetResult();
        await Expect(page.Message("You chose Later")).ToHaveCountAsync(1);
        await Expect(page.Message("You chose Now")).ToHaveCountAsync(1);
        await Expect(when).ToHaveValueAsync("later");
        await page.ReloadAsync();
        await Expect(when).ToHaveValueAsync("later");
    }

    [Fact]
    public async Task An_input_that_dispatches_each_character_sends_the_complete_text()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await office.App.PostAsync(
            "Search",
            JsonNode.Parse(
                """
                [{"type": "input", "block_id": "search", "dispatch_action": true, "label": {"type": "plain_text", "text": "Dish"}, "element":
                  {"type": "plain_text_input", "action_id": "letters", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}},
                 {"type": "input", "block_id": "quiet", "label": {"type": "plain_text", "text": "Note"}, "element": {"type": "plain_text_input", "action_id": "note"}}]
                """
            )
        );
        await page.GetByLabel("Note").FillAsync("hot");
        await page.GetByLabel("Dish").PressSequentiallyAsync("dumplings");
        await Expect(page.GetByLabel("Dish")).Not.ToHaveAttributeAsync("aria-busy", "true");
        await Expect(page.GetByLabel("Dish")).ToHaveValueAsync("dumplings");
        var last = office.Slack.Traffic.After(0).Last(entry => entry.Kind is "interaction").Payload!.Value;
        Assert.Equal("dumplings", last.GetProperty("actions")[0].GetProperty("value").GetString());
        Assert.Equal(
            "hot",
            last.GetProperty("state")
                .GetProperty("values")
                .GetProperty("quiet")
                .GetProperty("note")
                .GetProperty("value")
                .GetString()
        );
    }

    [Fact]
    public async Task A_thread_opens_beside_its_conversation_and_accepts_replies()
    {
        await using var office = await Office.OpenAsync(chromium);
        var noor = await office.WindowAsync();
        await noor.OrderAsync("Soup");
        await noor.Message("Lunch is on").GetByRole(AriaRole.Button, new() { Name = "1 reply" }).ClickAsync();
        await Expect(noor.Thread().GetByTestId("message").Filter(new() { HasText = "Orders are collected here" }))
            .ToBeVisibleAsync();
        await noor.Thread().GetByLabel("Reply in the thread").FillAsync("With bread, please");
        await noor.Keyboard.PressAsync("Enter");
        await Expect(noor.Thread().GetByText("With bread, please")).ToBeVisibleAsync();
        await Expect(noor.Message("Lunch is on")).ToContainTextAsync("2 replies");
        await Expect(noor.Message("With bread, please")).ToHaveCountAsync(0);

        await noor.Keyboard.PressAsync("Escape");
        await Expect(noor.Thread()).ToBeHiddenAsync();
        await Expect(noor.Message("Lunch is on").GetByRole(AriaRole.Button, new() { Name = "2 replies" }))
            .ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_reply_is_announced_and_Escape_while_editing_keeps_the_thread_open()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var parent = (string)(await office.App.PostAsync("Head"))["ts"]!;
        await page.Message("Head").HoverAsync();
        await page.Message("Head").Button("Reply in thread").ClickAsync();
        var reply = page.Thread().GetByLabel("Reply in the thread");
        await reply.FillAsync("Mine");
        await reply.PressAsync("Enter");
        var mine = page.Thread().GetByTestId("message").Filter(new() { HasText = "Mine" });
        await Expect(mine).ToBeVisibleAsync();
        await office.App.PostAsync("Theirs", thread: parent);
        await Expect(page.Locator("#announcer")).ToHaveTextAsync("Lunch in the thread: Theirs");

        await mine.HoverAsync();
        await mine.Button("Edit message").ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(mine.Locator("article")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Thread()).ToBeHiddenAsync();
        await Expect(page.Message("Head").GetByRole(AriaRole.Button, new() { Name = "2 replies" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_person_can_edit_and_delete_their_messages()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("Anyone for soup?");
        await page.Message("Anyone").HoverAsync();
        await page.Message("Anyone").Button("Edit message").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" }).FillAsync("Anyone for stew?");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Message("Anyone for stew?").GetByText("(edited)")).ToBeVisibleAsync();
        await page.Message("Anyone").HoverAsync();
        await page.Message("Anyone").Button("Delete message").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).Button("Delete").ClickAsync();
        await Expect(page.Message("Anyone")).ToHaveCountAsync(0);
    }
}
