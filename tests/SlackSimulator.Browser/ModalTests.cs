using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class ModalTests(Chromium chromium)
{
    [Fact]
    public async Task Every_kind_of_input_is_prefilled_and_submitted()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        var modal = page.Modal();
        await Expect(modal.GetByLabel("Notes")).ToHaveValueAsync("no onions");
        await Expect(modal.GetByLabel("Kitchen")).ToHaveValueAsync("canteen");
        await Expect(modal.GetByLabel("Bread")).ToBeCheckedAsync();
        await Expect(modal.GetByLabel("Mild")).ToBeCheckedAsync();
        await Expect(modal.GetByLabel("Not after")).ToHaveValueAsync("2030-03-17T19:00");

        await modal.GetByLabel("Dish").FillAsync("Dumplings");
        await modal.GetByLabel("Pieces").FillAsync("4");
        await modal.GetByLabel("Receipt to").FillAsync("noor@example.com");
        await modal.GetByLabel("Kitchen").SelectOptionAsync("harbour");
        await modal.GetByLabel("Fruit").CheckAsync();
        await modal.GetByLabel("Bread").UncheckAsync();
        await modal.GetByLabel("Hot").CheckAsync();
        await modal.GetByLabel("In your own box").CheckAsync();
        await modal.GetByLabel("Day", new() { Exact = true }).FillAsync("2030-07-08");
        await modal.GetByLabel("Hour").FillAsync("13:15");
        await modal.GetByLabel("Not after").FillAsync("2030-07-08T14:00");
        await modal.GetByLabel("Who pays").SelectOptionAsync("Priya");
        await modal.GetByRole(AriaRole.Group, new() { Name = "Guests" }).GetByLabel("Kenji").CheckAsync();
        await modal.GetByLabel("Room").SelectOptionAsync("#random");
        await modal.Button("Order").ClickAsync();
        await Expect(modal).ToBeHiddenAsync();

        var values = office.App.Submitted!;
        JsonNode Value(string id) => values[id]![id]!;
        Assert.Equal("Dumplings", (string)Value("dish")["value"]!);
        Assert.Equal("no onions", (string)Value("notes")["value"]!);
        Assert.Equal("4", (string)Value("pieces")["value"]!);
        Assert.Equal("noor@example.com", (string)Value("mail")["value"]!);
        Assert.Equal("harbour", (string)Value("kitchen")["selected_option"]!["value"]!);
        Assert.Equal(
            ["fruit"],
            Value("extras")["selected_options"]!.AsArray().Select(option => (string)option!["value"]!)
        );
        Assert.Equal("hot", (string)Value("spice")["selected_option"]!["value"]!);
        Assert.Equal(["box"], Value("pack")["selected_options"]!.AsArray().Select(option => (string)option!["value"]!));
        Assert.Equal("2030-07-08", (string)Value("day")["selected_date"]!);
        Assert.Equal("13:15", (string)Value("hour")["selected_time"]!);
        // 14:00 in Amsterdam in summer.
        Assert.Equal(
            new DateTimeOffset(2030, 7, 8, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(),
            (long)Value("until")["selected_date_time"]!
        );
        Assert.Equal("U0PRIYA000", (string)Value("payer")["selected_user"]!);
        Assert.Equal(["U0KENJI000"], Value("guests")["selected_users"]!.AsArray().Select(user => (string)user!));
        Assert.Equal("C0RANDOM00", (string)Value("room")["selected_channel"]!);
    }

    [Fact]
    public async Task An_error_is_shown_below_its_input_until_the_input_is_changed()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        var dish = page.Modal().GetByLabel("Dish");
        var order = page.Modal().Button("Order");

        await order.ClickAsync();
        await Expect(dish).ToHaveAccessibleDescriptionAsync("Please complete this required field.");
        await Expect(dish).ToBeFocusedAsync();
        await Expect(dish).ToHaveAttributeAsync("aria-invalid", "true");
        Assert.Null(office.App.Submitted);

        await dish.FillAsync("nothing");
        await Expect(page.GetByText("Please complete this required field.")).ToBeHiddenAsync();
        await Expect(dish).ToHaveAccessibleDescriptionAsync("As it is on the menu");
        await order.ClickAsync();
        await Expect(dish).ToHaveAccessibleDescriptionAsync("Nothing is not on the menu");

        await dish.FillAsync("Soup");
        await order.ClickAsync();
        await Expect(page.Message("wants Soup")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_submit_button_is_busy_during_a_submission_and_sends_no_second_one()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var (isSlow, count) = (new TaskCompletionSource(), 0);
        await page.RouteAsync(
            "**/view/submit",
            async route =>
            {
                Interlocked.Increment(ref count);
                await isSlow.Task;
                await route.ContinueAsync();
            }
        );
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync("Soup");
        var order = page.Modal().Locator("[data-testid=modal-submit]");
        await order.ClickAsync();
        await Expect(order).ToHaveAttributeAsync("aria-busy", "true");
        await page.Modal().GetByLabel("Dish").PressAsync("Enter");
        isSlow.SetResult();
        await Expect(page.Message("wants Soup")).ToHaveCountAsync(1);
        await Expect(page.Modal()).ToBeHiddenAsync();
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_button_pushes_a_second_modal_and_Back_shows_the_first_unchanged()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync("Soup");
        await page.Modal().Button("About the menu").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "About the menu" }))
            .ToContainTextAsync("Everything is fresh.");

        await page.Modal().Button("Back").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Order lunch" }).GetByLabel("Dish"))
            .ToHaveValueAsync("Soup");
    }

    [Fact]
    public async Task Updates_by_the_app_keep_the_focus_on_the_same_control_or_the_dialog()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await Expect(page.Modal().GetByLabel("Dish")).ToBeFocusedAsync();
        const string Size =
            """{"type": "actions", "elements": [{"type": "button", "action_id": "size", "text": {"type": "plain_text", "text": "Grow"}}]}""";
        const string Input =
            """{"type": "input", "label": {"type": "plain_text", "text": "Name"}, "element": {"type": "plain_text_input"}}""";
        await UpdateAsync($"[{Input}, {Size}]");
        await page.Modal().GetByLabel("Name").FillAsync("Kept");
        await page.Modal().Button("Grow").FocusAsync();

        // The blocks have no ids: a block of the same type at the same position is the same block.
        await UpdateAsync($"[{Input}, {Size.Replace("Grow", "Grown", StringComparison.Ordinal)}]");
        await Expect(page.Modal().Button("Grown")).ToBeFocusedAsync();
        await Expect(page.Modal().GetByLabel("Name")).ToHaveValueAsync("Kept");
        await UpdateAsync($$"""[{"type": "divider"}, {{Size}}]""");
        await Expect(page.Modal().Button("Grow")).ToBeFocusedAsync();
        await UpdateAsync($$"""[{{Size}}, {"type": "divider"}]""");
        await Expect(page.Modal().Button("Grow")).ToBeFocusedAsync();
        await UpdateAsync("""[{"type": "divider"}]""");
        await Expect(page.Modal()).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(page.Modal().Button("Send")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Modal()).ToBeHiddenAsync();
        await Expect(page.Composer()).ToBeFocusedAsync();

        async Task UpdateAsync(string blocks)
        {
            var id = (string)(await office.ControlAsync(HttpMethod.Get, "people/noor/view"))["id"]!;
            var view = new JsonObject
            {
                ["type"] = "modal",
                ["title"] = JsonNode.Parse("""{"type": "plain_text", "text": "Order lunch"}"""),
                ["submit"] = JsonNode.Parse("""{"type": "plain_text", "text": "Send"}"""),
                ["blocks"] = JsonNode.Parse(blocks),
            };
            var updated = await office.App.CallAsync(
                "views.update",
                new JsonObject { ["view_id"] = id, ["view"] = view }
            );
            Assert.True((bool)updated["ok"]!, updated.ToJsonString());
            await Expect(page.Modal().Locator(".block")).ToHaveCountAsync(view["blocks"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task Escape_and_Tab_apply_to_the_dialog_after_a_click_beside_it()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await Expect(page.Modal().GetByLabel("Dish")).ToBeFocusedAsync();
        await page.Mouse.ClickAsync(5, 5);
        await Expect(page.Modal()).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Modal().Button("Close")).ToBeFocusedAsync();

        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Modal().Button("Close")).ToBeFocusedAsync();
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Modal()).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_choice_that_updates_the_modal_keeps_typed_values()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync("Soup");
        await page.Modal().GetByLabel("Portion").SelectOptionAsync("large");
        await Expect(page.Modal().GetByText("A large portion")).ToBeVisibleAsync();
        await Expect(page.Modal().GetByLabel("Dish")).ToHaveValueAsync("Soup");
        await page.Modal().Button("Order").ClickAsync();
        await Expect(page.Message("wants Soup")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_modal_stays_open_with_an_error_when_the_app_is_unreachable()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync("Soup");
        office.Slack.Configure(app => app with { InteractivityUrl = new Uri("http://127.0.0.1:9/") });
        await page.Modal().Button("Order").ClickAsync();
        await Expect(page.Modal().GetByRole(AriaRole.Alert)).ToContainTextAsync("trouble connecting");
        await Expect(page.Modal().GetByLabel("Dish")).ToHaveValueAsync("Soup");
    }
}
