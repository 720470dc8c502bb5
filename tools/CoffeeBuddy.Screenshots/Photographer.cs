using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Screenshots;

/// <summary>Plays a coffee run on the page and takes the screenshots of the documentation.</summary>
internal sealed partial class Photographer(IBrowser browser, Uri workspace, string folder)
{
    private const int Width = 1200;
    private const int Height = 860;

    /// <summary>High enough for the whole order form.</summary>
    private const int ModalHeight = 1080;

    private const string Channel = "coffee-corner";

    /// <returns>The paths of the screenshots.</returns>
    public static async Task<IReadOnlyList<string>> TakeAllAsync(string folder, CancellationToken stop)
    {
        Console.WriteLine("Starting the sandbox.");
        await using var sandbox = await SandboxHost.StartAsync(cancellation: stop);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await SystemChromium.LaunchAsync(playwright);
        return await new Photographer(browser, sandbox.Slack.BaseAddress, folder).TakeAllAsync();
    }

    private async Task<IReadOnlyList<string>> TakeAllAsync()
    {
        var (noor, priya, mateo) = (await WindowAsync("noor"), await WindowAsync("priya"), await WindowAsync("mateo"));
        await SayAsync(noor, "#composer", "Is anyone else falling asleep?");
        await SayAsync(priya, "#composer", "A coffee would be nice. @noor, are you asking?");

        await SayAsync(noor, "#composer", "/coffee");
        await FillInAsync(noor, "Latte", "Large", "Oat milk");
        await noor.GetByLabel("Note for this time").FillAsync("Extra hot, please");
        var modal = await TakeAsync(noor, "modal", ModalHeight);
        await OrderAsync(noor);

        await priya.GetByRole(AriaRole.Button, new() { Name = "Order…" }).ClickAsync();
        await FillInAsync(priya, "Cappuccino", "Medium", "Extra shot");
        await OrderAsync(priya);
        await priya.GetByRole(AriaRole.Button, new() { NameRegex = Replies() }).ClickAsync();
        await mateo.GetByRole(AriaRole.Button, new() { NameRegex = Replies() }).ClickAsync();
        await SayAsync(mateo, "#thread-composer", "large latte, oat milk");
        var assignment = priya.Locator("#thread").GetByText(Goes());
        await assignment.WaitForAsync();
        await priya.Locator("#thread").GetByText("3 orders so far").WaitForAsync();
        var thread = await TakeAsync(priya, "thread");

        var goer = Goes().Match(await assignment.InnerTextAsync()).Groups["name"].Value;
        var runner = new Dictionary<string, IPage>(StringComparer.Ordinal)
        {
            ["Noor"] = noor,
            ["Priya"] = priya,
            ["Mateo"] = mateo,
        }[goer];
        await runner.Locator("#sidebar [data-channel=dm]").ClickAsync();
        var told = runner.Message("You go for coffee");
        await told.WaitForAsync();
        var dm = await TakeAsync(runner, "runner-dm");
        await told.Button("Why me?").ClickAsync();
        await runner.Modal().GetByText("runs in 30 days").First.WaitForAsync();
        var why = await TakeAsync(runner, "why-me");
        await runner.Keyboard.PressAsync("Escape");
        await told.Button("Barista's list").ClickAsync();
        await runner.Modal().GetByText("Latte").First.WaitForAsync();
        var barista = await TakeAsync(runner, "baristas-list");
        await runner.Keyboard.PressAsync("Escape");

        await runner.GetByRole(AriaRole.Tab, new() { Name = "Home" }).ClickAsync();
        await runner.GetByText("Runs under way").WaitForAsync();
        var home = await TakeAsync(runner, "home");
        var other = runner == priya ? mateo : priya;
        await SayAsync(other, "#composer", "/coffee-stats");
        await other.Message("Weekly Active Runs").Button("Chart").ClickAsync();
        await other.Message("I have sent you the file by direct message.").WaitForAsync();
        await other.Locator("#sidebar [data-channel=dm]").ClickAsync();
        await other.GetByRole(AriaRole.Img, new() { NameRegex = Chart() }).WaitForAsync();
        return [modal, thread, dm, why, barista, home, await TakeAsync(other, "statistics")];
    }

    private async Task<IPage> WindowAsync(string person)
    {
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = Width, Height = Height },
                ColorScheme = ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{workspace}?as={person}&channel={Channel}");
        await page.Locator("#workspace[data-ready]").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close this hint" }).ClickAsync();
        return page;
    }

    private static async Task SayAsync(IPage page, string composer, string text)
    {
        await page.Locator(composer).FillAsync(text);
        await page.Locator(composer).PressAsync("Enter");
    }

    private static async Task FillInAsync(IPage page, string drink, string size, string customization)
    {
        var modal = page.GetByRole(AriaRole.Dialog);
        await modal.GetByLabel("Drink", new() { Exact = true }).SelectOptionAsync(drink);
        await modal.GetByLabel(size, new() { Exact = true }).CheckAsync();
        await modal.GetByLabel(customization, new() { Exact = true }).CheckAsync();
    }

    private static async Task OrderAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Order", Exact = true }).ClickAsync();
        await page.Locator("#messages").GetByText("Your order:").WaitForAsync();
    }

    private async Task<string> TakeAsync(IPage page, string name, int height = Height)
    {
        await page.SetViewportSizeAsync(Width, height);
        var path = Path.Combine(folder, $"{name}.png");
        // The mouse pointer is where no element has a hover effect.
        await page.Mouse.MoveAsync(0, 0);
        await page.ScreenshotAsync(
            new PageScreenshotOptions { Path = path, Animations = ScreenshotAnimations.Disabled }
        );
        await page.SetViewportSizeAsync(Width, Height);
        return path;
    }

    [GeneratedRegex("repl(?:y|ies)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Replies();

    [GeneratedRegex("^Coffee runs in the last", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Chart();

    [GeneratedRegex(@"@(?<name>\w+) goes\.", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Goes();
}
