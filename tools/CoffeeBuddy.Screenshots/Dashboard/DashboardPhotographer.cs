using System.Text.Json.Nodes;

namespace CoffeeBuddy.Screenshots.Dashboard;

/// <summary>Draws Grafana's dashboard from the answers of a real Prometheus, without Grafana.</summary>
internal static class DashboardPhotographer
{
    /// <summary>Width in pixels of the page; the pictures are wider by <see cref="Scale"/>.</summary>
    private const int Width = 1280;

    private const float Scale = 1.25f;

    /// <summary>The pictures, with their first and last rows of the dashboard, counted from 0.</summary>
    private static readonly (string Name, int First, int Last)[] Pictures =
    [
        ("dashboard", 0, 1),
        ("dashboard-errors", 2, 3),
        ("dashboard-processes", 4, 5),
    ];

    /// <returns>The paths of the screenshots.</returns>
    public static async Task<IReadOnlyList<string>> TakeAllAsync(string folder, CancellationToken stop)
    {
        var (dashboard, range) = await WatchAsync(stop);
        foreach (var panel in DashboardAnswers.Empty(dashboard))
            Console.WriteLine($"No data: {panel}");

        var node = await NodeFolder.InstallAsync("tools/CoffeeBuddy.Screenshots/node");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await SystemChromium.LaunchAsync(playwright);
        var paths = new List<string>();
        foreach (var (name, first, last) in Pictures)
        {
            var page = await browser.NewPageAsync(
                new BrowserNewPageOptions
                {
                    // The picture is of the whole page, which is higher.
                    ViewportSize = new ViewportSize { Width = Width, Height = 100 },
                    DeviceScaleFactor = Scale,
                }
            );
            await page.GotoAsync(new Uri(Path.Combine(node.Path, "dashboard.html")).AbsoluteUri);
            await page.EvaluateAsync($"draw({dashboard.ToJsonString()}, {range.ToJson()}, {first}, {last})");
            paths.Add(Path.Combine(folder, $"{name}.png"));
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = paths[^1], FullPage = true });
        }

        return paths;
    }

    /// <returns>The dashboard with the answers to its queries.</returns>
    private static async Task<(JsonNode Dashboard, TimeRange Range)> WatchAsync(CancellationToken stop)
    {
        Console.WriteLine("Starting the sandbox.");
        await using var office = new BusyOffice();
        await office.InitializeAsync();
        await using var prometheus = await PrometheusServer.StartAsync(
            office.Sandbox.Workers.Select(worker => ($"coffeebuddy-{worker.Key}", worker.Value.Address)),
            AlwaysBusinessHours()
        );
        Console.WriteLine($"People order for {(BusyOffice.Prelude + TimeRange.Length).TotalSeconds:0} s.");
        await office.WorkAsync(stop);
        var range = TimeRange.Until(DateTimeOffset.UtcNow);
        var dashboard = await DashboardAnswers.AskAsync(prometheus, range);
        return (dashboard, range);
    }

    /// <summary>The rules, but every hour is one of the SLO: outside business hours its panels are empty.</summary>
    private static JsonNode AlwaysBusinessHours()
    {
        var rules = Deployed.Yaml(Deployed.RulesFile);
        var rule = rules["groups"]!
            .AsArray()
            .SelectMany(group => group!["rules"]!.AsArray())
            .Single(rule => (string?)rule!["record"] == "coffeebuddy:business_hours:bool")!;
        rule["expr"] = "vector(1)";
        return rules;
    }
}
