using System.Text.RegularExpressions;
using CoffeeBuddy.Browser.Support;

namespace CoffeeBuddy.Browser;

public sealed class DemoTests(CoffeeOffice office) : PageTest(office)
{
    private static readonly string[] People = ["Noor", "Priya", "Mateo"];

    private static readonly Regex Ended = new(
        "^(?:The run is complete|The run stopped)",
        RegexOptions.None,
        TimeSpan.FromSeconds(1)
    );

    [Fact]
    public async Task The_demo_can_be_played_twice_with_different_runners()
    {
        var before = Office.Sandbox.Slack.Clock.Offset;
        var page = await Office.WindowAsync("freya", "coffee-corner");
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "First steps" }))
            .ToContainTextAsync("Type /coffee below to begin");

        await page.GetByTestId("play-demo").ClickAsync();
        var first = await RunnerAsync(page, runs: 1);
        await page.Button("Demo run").ClickAsync();
        var second = await RunnerAsync(page, runs: 2);

        Assert.NotEqual(first, second);
        Assert.Equal(TimeSpan.FromMinutes(10), Office.Sandbox.Slack.Clock.Offset - before);
        await page.Context.CloseAsync();
    }

    /// <summary>Waits for the end of the demo and returns the name of the runner.</summary>
    private static async Task<string> RunnerAsync(IPage page, int runs)
    {
        await Expect(page.GetByTestId("demo-caption"))
            .ToHaveTextAsync(Ended, new() { Timeout = 3 * CoffeeOffice.Timeout });
        await Expect(page.GetByTestId("demo-caption"))
            .ToContainTextAsync("The run is complete.", new() { Timeout = 1 });
        await Expect(page.Message("brought by")).ToHaveCountAsync(runs);
        await Expect(page.Thread()).ToContainTextAsync("The coffee run is complete, thanks to @");
        var text = await page.Thread().InnerTextAsync();
        await page.Button("Close").ClickAsync();
        return Assert.Single(People, name => text.Contains($"@{name} goes.", StringComparison.Ordinal));
    }
}
