using System.Collections.Concurrent;
using System.Net.Http.Json;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Browser.Support;

/// <summary>
/// The sandbox as a person starts it, worker processes and all, for the tests of one class, and windows onto its workspace. Only the demo
/// run is played faster.
/// </summary>
public sealed class CoffeeOffice(Chromium chromium) : IAsyncLifetime
{
    private static readonly string[] Names = ["Noor", "Priya", "Mateo"];

    private readonly ConcurrentBag<Uri> _asked = [];
    private readonly ConcurrentBag<string> _problems = [];
    private HttpClient _simulator = null!;
    private int _corners;

    public SandboxHost Sandbox { get; private set; } = null!;

    /// <summary>Every address any window asked for.</summary>
    public IReadOnlyCollection<Uri> Asked => _asked;

    /// <summary>What went wrong in a window's own script.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public async ValueTask InitializeAsync()
    {
        // Workers, broker and browser share the machine.
        SetDefaultExpectTimeout(60_000);
        var options = new SandboxOptions();
        Sandbox = await SandboxHost.StartAsync(
            options with
            {
                Slack = options.Slack with { Demo = PageDemo.Script with { Pace = 8 } },
            },
            TestContext.Current.CancellationToken
        );
        _simulator = new HttpClient { BaseAddress = Sandbox.Slack.BaseAddress };
        await WarmUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Sandbox is null)
            return;
        _simulator.Dispose();
        await Sandbox.DisposeAsync();
    }

    /// <summary>A channel of the test's own, with people whom no other test knows.</summary>
    public async Task<Corner> CornerAsync()
    {
        var number = Interlocked.Increment(ref _corners);
        var people = Names.Select(name => $"{name}{number}").ToArray();
        foreach (var name in people)
            await PostAsync("sim/people", new { name, tz = "Europe/Amsterdam" });
        var channel = $"corner-{number}";
        await PostAsync(
            "sim/channels",
            new
            {
                name = channel,
                members = people,
                has_bot = true,
            }
        );
        return new Corner(this, channel, people);
    }

    /// <summary>Opens the page in a window of its own, as a person, where they look. Whoever asked closes its context.</summary>
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
        context.SetDefaultTimeout(30_000);
        context.Request += (_, request) => _asked.Add(new Uri(request.Url));
        context.WebError += (_, error) => _problems.Add(error.Error);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Sandbox.Slack.BaseAddress}?as={person}&channel={channel}");
        await Expect(page.Locator("#workspace[data-ready]")).ToBeVisibleAsync();
        return page;
    }

    private async Task PostAsync(string path, object body)
    {
        using var response = await _simulator.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    // The first request of a process compiles what it uses; on a busy machine that can take longer than the 3 s that Slack waits.
    private async Task WarmUpAsync()
    {
        var kenji = new SlackPerson(_simulator, Sandbox.Slack.State.FindPerson("Kenji")!.Id);
        await Eventually.TrueAsync(
            async () =>
                (bool)(await kenji.CommandAsync("general", "/coffee"))["ok"]! && await kenji.ViewAsync() is not null,
            "the first form opens"
        );
        await Eventually.TrueAsync(
            async () => (bool)(await kenji.SubmitAsync(("drink:0", "Tea")))["closed"]!,
            "the first order is taken"
        );
        await kenji.WaitToSeeAsync(
            "general",
            message => message.Shown.Contains("Medium Tea", StringComparison.Ordinal),
            Eventually.Patience
        );
        await Eventually.TrueAsync(
            async () => (bool)(await kenji.CommandAsync("general", "/coffee-cancel"))["ok"]!,
            "the first run is cancelled"
        );
    }
}
