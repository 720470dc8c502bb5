using System.Text.RegularExpressions;

namespace CoffeeBuddy.Browser.Support;

/// <summary>Actions and elements of CoffeeBuddy on the page.</summary>
internal static class CoffeePage
{
    public static ILocator Announcement(this IPage page) => page.Message("is organising a coffee run");

    /// <summary>The input of the order form with this label.</summary>
    public static ILocator Field(this IPage page, string label) =>
        page.Modal().GetByLabel(label, new() { Exact = true });

    /// <summary>The app's conversation in the sidebar, with its number of unread messages.</summary>
    public static ILocator App(this IPage page) => page.Locator("#sidebar [data-channel=dm]");

    /// <summary>Orders by the command and waits for the confirmation.</summary>
    public static async Task OrderCoffeeAsync(this IPage page, string drink)
    {
        await page.SendOrderAsync(drink);
        await Expect(page.Message("Your order:")).ToBeVisibleAsync();
    }

    /// <summary>Opens the order form by the command and submits it.</summary>
    public static async Task SendOrderAsync(this IPage page, string drink)
    {
        await page.TypeAsync("/coffee");
        await page.Field("Drink").SelectOptionAsync(drink);
        await page.Modal().Button("Order").ClickAsync();
        await Expect(page.Modal()).ToBeHiddenAsync();
    }

    /// <summary>Opens the thread of the run.</summary>
    public static async Task<ILocator> OpenRunAsync(this IPage page)
    {
        await page.Announcement()
            .GetByRole(
                AriaRole.Button,
                new() { NameRegex = new Regex("repl(?:y|ies)", RegexOptions.None, TimeSpan.FromSeconds(1)) }
            )
            .ClickAsync();
        await Expect(page.Thread()).ToBeVisibleAsync();
        return page.Thread();
    }

    /// <summary>Returns the name of the runner from the thread of the run.</summary>
    public static async Task<string> RunnerAsync(this IPage page, IReadOnlyList<string> people)
    {
        var thread = await page.OpenRunAsync();
        var assignment = thread.GetByTestId("message").Filter(new() { HasText = " goes. Why: " });
        await Expect(assignment).ToContainTextAsync("runs in 30 days");
        var text = await assignment.InnerTextAsync();
        return Assert.Single(people, name => text.Contains($"@{name} goes.", StringComparison.Ordinal));
    }
}
