using CoffeeBuddy.Browser.Support;

namespace CoffeeBuddy.Browser;

public sealed class AccessibilityTests(CoffeeOffice office, Axe axe) : PageTest(office), IClassFixture<Axe>
{
    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Dark)]
    public async Task The_pages_of_a_coffee_run_have_no_serious_accessibility_problem(int width, ColorScheme scheme)
    {
        var windows = new List<IPage>();
        foreach (var person in Corner.People)
            windows.Add(await Corner.WindowAsync(person, width, scheme));
        var noor = windows[0];
        await axe.CheckAsync(noor, "the first sight");
        await noor.TypeAsync("/coffee");
        await Expect(noor.Modal()).ToBeVisibleAsync();
        await axe.CheckAsync(noor, "the order form");
        await noor.Field("Drink").SelectOptionAsync("Something else");
        await noor.Modal().Button("Order").ClickAsync();
        await Expect(noor.Modal()).ToContainTextAsync("Choose a drink, or type one.");
        await axe.CheckAsync(noor, "the order form with an error");
        await noor.Keyboard.PressAsync("Escape");
        await Expect(noor.Modal()).ToBeHiddenAsync();

        var name = await Corner.SettleAsync(windows);
        await axe.CheckAsync(noor, "the thread");
        await noor.Button("Close the thread").ClickAsync();
        await axe.CheckAsync(noor, "the channel");
        await noor.DeveloperAsync("Traffic");
        await noor.Locator("#drawer summary").First.ClickAsync();
        await axe.CheckAsync(noor, "the developer's drawer");

        var runner = await Corner.WindowAsync(name, width, scheme);
        await runner.GotoAsync($"{Office.Sandbox.Slack.BaseAddress}?as={name}&channel=dm");
        await Expect(runner.Message("You go for coffee")).ToBeVisibleAsync();
        await axe.CheckAsync(runner, "the runner's messages");
        await runner.GotoAsync($"{Office.Sandbox.Slack.BaseAddress}?as={name}&channel=home");
        await Expect(runner.Locator("#home")).ToContainTextAsync("Runs under way");
        await axe.CheckAsync(runner, "the app's home");
    }
}
