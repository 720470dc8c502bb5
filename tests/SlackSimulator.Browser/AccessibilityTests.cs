using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class AccessibilityTests(Chromium chromium, Axe axe) : IClassFixture<Axe>
{
    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    [InlineData(375, ColorScheme.Dark)]
    public async Task The_page_has_no_serious_accessibility_problems(int width, ColorScheme scheme)
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync(width: width, height: 800, scheme: scheme);
        await axe.CheckAsync(page, "the first sight");

        await page.Composer().FillAsync("/");
        await axe.CheckAsync(page, "the suggestions");
        await page.TypeAsync("/lunch");
        await Expect(page.Modal()).ToBeVisibleAsync();
        await axe.CheckAsync(page, "a modal");
        await page.Modal().Button("Order").ClickAsync();
        await Expect(page.GetByText("Please complete this required field.")).ToBeVisibleAsync();
        await axe.CheckAsync(page, "a modal with errors");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Modal()).ToBeHiddenAsync();

        await page.OrderAsync("Soup");
        await Expect(page.Message("Only you know")).ToBeVisibleAsync();
        await axe.CheckAsync(page, "messages");
        await page.Message("Lunch is on").Button("Cancel lunch").ClickAsync();
        await axe.CheckAsync(page, "a confirmation");
        await page.Button("Keep it").ClickAsync();
        await page.Message("Lunch is on").GetByRole(AriaRole.Button, new() { Name = "1 reply" }).ClickAsync();
        await Expect(page.Thread().GetByText("Orders are collected here")).ToBeVisibleAsync();
        await axe.CheckAsync(page, "a thread");
        await page.Button("Close the thread").ClickAsync();

        var drawer = await page.DeveloperAsync("Traffic");
        await drawer.Locator("summary").First.ClickAsync();
        await axe.CheckAsync(page, "the traffic");
        foreach (var tab in (string[])["Broken rules", "Faults", "Clock"])
        {
            await drawer.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await axe.CheckAsync(page, tab);
        }

        await page.Button("Close the developer drawer").ClickAsync();
        await page.GotoAsync($"{office.Slack.BaseAddress}?as=noor&channel=home");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Welcome to lunch" })).ToBeVisibleAsync();
        await axe.CheckAsync(page, "the home");
    }

    [Fact]
    public async Task On_a_phone_the_sidebar_is_a_drawer_and_nothing_overflows()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync(width: 375, height: 700);
        await Expect(page.Locator("#sidebar")).ToBeHiddenAsync();
        await page.OrderAsync("Soup");
        Assert.Equal(375, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.True(
            await page.EvaluateAsync<bool>(
                "() => [...document.querySelectorAll('#messages *')].every(node => node.getBoundingClientRect().right <= 376)"
            )
        );

        await page.Button("Open the sidebar").ClickAsync();
        await page.BecomeAsync("Priya");
        await Expect(page.Locator("#sidebar")).ToBeHiddenAsync();
        await page.TypeAsync("On the phone");
        await Expect(page.Message("On the phone")).ToContainTextAsync("Priya");
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_the_person_chooses()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync(scheme: ColorScheme.Dark);
        var ground = "() => getComputedStyle(document.body).backgroundColor";
        var dark = await page.EvaluateAsync<string>(ground);
        await page.Button("Switch between light and dark").ClickAsync();
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>(ground));
        await page.ReloadAsync();
        await Expect(page.Composer()).ToBeVisibleAsync();
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>(ground));
        Assert.NotEqual("rgb(255, 255, 255)", dark);
    }
}
