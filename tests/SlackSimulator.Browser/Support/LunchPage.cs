namespace SlackSimulator.Browser.Support;

internal static class LunchPage
{
    /// <summary>Orders a dish with the command and its modal.</summary>
    public static async Task OrderAsync(this IPage page, string dish)
    {
        await page.TypeAsync("/lunch");
        await page.Modal().GetByLabel("Dish").FillAsync(dish);
        await page.Modal().Button("Order").ClickAsync();
        await Expect(page.Modal()).ToBeHiddenAsync();
        await Expect(page.Message("Lunch is on")).ToBeVisibleAsync();
    }
}
