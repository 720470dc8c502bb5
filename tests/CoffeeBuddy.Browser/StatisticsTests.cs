using System.Text.RegularExpressions;
using CoffeeBuddy.Browser.Support;

namespace CoffeeBuddy.Browser;

/// <summary>The statistics on the page.</summary>
public sealed class StatisticsTests(CoffeeOffice office) : PageTest(office)
{
    [Fact]
    public async Task The_numbers_of_the_channel_are_shown_and_the_chart_comes_as_a_picture_with_words()
    {
        var noor = await Corner.WindowAsync(Corner.People[0]);
        await noor.OrderCoffeeAsync("Mocha");

        await noor.TypeAsync("/coffee-stats");

        var numbers = noor.Message("Weekly Active Runs");
        await Expect(numbers).ToContainTextAsync("Only visible to you");
        await Expect(numbers).ToContainTextAsync($"Coffee runs of #{Corner.Channel} in the last 12 weeks");
        await Expect(numbers).ToContainTextAsync("Mocha: 1 order");
        await numbers.Button("Chart").ClickAsync();
        await Expect(noor.Message("I have sent you the file by direct message.")).ToBeVisibleAsync();
        await noor.App().ClickAsync();
        var words = new Regex("^Coffee runs in the last 12 weeks\\. ", RegexOptions.None, TimeSpan.FromSeconds(1));
        var picture = noor.GetByRole(AriaRole.Img, new() { NameRegex = words });
        await Expect(picture).ToBeVisibleAsync();
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 1200);
    }
}
