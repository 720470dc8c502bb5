using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class ModalTests(Chromium chromium)
{
    [Fact]
    public async Task Every_kind_of_input_is_prefilled_and_what_is_chosen_reaches_the_app()
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
        Assert.Equal(["fruit"], Value("extras")["selected_options"]!.AsArray().Select(option => (string)option!["value"]!));
        Assert.Equal("hot", (string)Value("spice")["selected_option"]!["value"]!);
        Assert.Equal(["box"], Value("pack")["selected_options"]!.AsArray().Select(option => (string)option!["value"]!));
        Assert.Equal("2030-07-08", (string)Value("day")["selected_date"]!);
        Assert.Equal("13:15", (string)Value("hour")["selected_time"]!);
        // 14:00 in Amsterdam's summer.
        Assert.Equal(new DateTimeOffset(2030, 7, 8, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), (long)Value("until")["selected_date_time"]!);
        Assert.Equal("U0PRIYA000", (string)Value("payer")["selected_user"]!);
        Assert.Equal(["U0KENJI000"], Value("guests")["selected_users"]!.AsArray().Select(user => (string)user!));
        Assert.Equal("C0RANDOM00", (string)Value("room")["selected_channel"]!);
    }

    [Fact]
    public async Task What_is_wrong_stands_under_its_input_until_it_is_changed()
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
        await order.ClickAsync();
        await Expect(dish).ToHaveAccessibleDescriptionAsync("Nothing is not on the menu");

        await dish.FillAsync("Soup");
        await order.ClickAsync();
        await Expect(page.Message("wants Soup")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_button_in_a_modal_pushes_a_second_one_and_back_shows_the_first_as_it_was()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync("Soup");
        await page.Modal().Button("About the menu").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "About the menu" })).ToContainTextAsync("Everything is fresh.");

        await page.Modal().Button("Back").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Order lunch" }).GetByLabel("Dish")).ToHaveValueAsync("Soup");
    }

    [Fact]
    public async Task A_choice_that_updates_the_modal_keeps_what_was_typed()
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
    public async Task A_modal_stays_open_and_says_so_when_the_app_cannot_be_reached()
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
