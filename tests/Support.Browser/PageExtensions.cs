namespace Support.Browser;

/// <summary>Locates the parts of the simulator's page, and common actions on it.</summary>
public static class PageExtensions
{
    public static ILocator Composer(this IPage page) => page.Locator("#composer");

    public static ILocator Modal(this IPage page) => page.GetByRole(AriaRole.Dialog);

    public static ILocator Thread(this IPage page) =>
        page.GetByRole(AriaRole.Complementary, new() { Name = "Thread", Exact = true });

    /// <summary>The messages of the open conversation that contain a text.</summary>
    public static ILocator Message(this IPage page, string text) =>
        page.Locator("#messages").GetByTestId("message").Filter(new() { HasText = text });

    public static ILocator Button(this IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Button(this ILocator within, string name) =>
        within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static async Task TypeAsync(this IPage page, string text)
    {
        await page.Composer().FillAsync(text);
        await page.Composer().PressAsync("Enter");
    }

    public static Task BecomeAsync(this IPage page, string name) =>
        page.GetByRole(AriaRole.Link, new() { Name = $"Be {name}" }).ClickAsync();

    public static async Task<ILocator> DeveloperAsync(this IPage page, string tab)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Developer" }).First.ClickAsync();
        var drawer = page.GetByRole(AriaRole.Region, new() { Name = "Developer" });
        await drawer.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
        return drawer;
    }
}
