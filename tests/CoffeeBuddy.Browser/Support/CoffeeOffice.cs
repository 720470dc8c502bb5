using System.Collections.Concurrent;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Demo;
using CoffeeBuddy.Support;

namespace CoffeeBuddy.Browser.Support;

/// <summary>
/// The sandbox with its default settings, and browser windows of its workspace. Only the demo is faster.
/// </summary>
public sealed class CoffeeOffice(Chromium chromium) : Office(FastDemo)
{
    private static readonly string[] Names = ["Noor", "Priya", "Mateo"];

    private readonly ConcurrentBag<Uri> _requested = [];
    private readonly ConcurrentBag<string> _problems = [];
    private int _corners;

    private static SandboxOptions FastDemo { get; } =
        new()
        {
            Slack = new SandboxOptions().Slack with { Demo = PageDemo.Script with { Pace = 8 } },
            Settings = PageDemo.Settings,
        };

    /// <summary>The longest wait of the browser for an element or an expectation.</summary>
    public static float Timeout => (float)Guard.Timeout.TotalMilliseconds;

    /// <summary>Every address that a window has requested.</summary>
    public IReadOnlyCollection<Uri> Requested => _requested;

    /// <summary>Errors of the page's own script.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public override async ValueTask InitializeAsync()
    {
        SetDefaultExpectTimeout(Timeout);
        await base.InitializeAsync();
        await WarmUpAsync();
    }

    /// <summary>A new channel with three new people.</summary>
    /// <param name="others">Names of further members.</param>
    public async Task<Corner> CornerAsync(params string[] others)
    {
        var number = Interlocked.Increment(ref _corners);
        var people = Names.Select(name => $"{name}{number}").ToArray();
        foreach (var name in people)
            await SimulateAsync("sim/people", new { name, tz = "Europe/Amsterdam" });
        var channel = $"corner-{number}";
        await SimulateAsync(
            "sim/channels",
            new
            {
                name = channel,
                members = people.Concat(others),
                has_bot = true,
            }
        );
        return new Corner(this, channel, people);
    }

    /// <summary>Opens a window with the page, as this person in this channel. The caller closes its context.</summary>
    public async Task<IPage> WindowAsync(
        string person,
        string channel,
        int width = 1440,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        var context = await chromium.Browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout(Timeout);
        context.Request += (_, request) => _requested.Add(new Uri(request.Url));
        context.WebError += (_, error) => _problems.Add(error.Error);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Sandbox.Slack.BaseAddress}?as={person}&channel={channel}");
        await Expect(page.Locator("#workspace[data-ready]")).ToBeVisibleAsync();
        return page;
    }
}

/// <summary>The classes that share a <see cref="CoffeeOffice"/>. They do not run in parallel: some move its clock.</summary>
[CollectionDefinition]
public sealed class SharesCoffeeOffice : ICollectionFixture<CoffeeOffice>;
