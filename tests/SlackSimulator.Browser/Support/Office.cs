using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using SlackSimulator.Page;

namespace SlackSimulator.Browser.Support;

/// <summary>
/// A workspace with the lunch app, and browser windows. The workspace's time stands still unless a test moves it, so
/// that nothing expires on a slow machine.
/// </summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly SimulatorOptions _options;
    private readonly List<IBrowserContext> _contexts = [];

    private Office(
        IBrowser browser,
        SimulatorOptions options,
        FakeTimeProvider time,
        SimulatorServer slack,
        LunchApp app
    ) => (_browser, _options, Time, Slack, App) = (browser, options, time, slack, app);

    /// <summary>The time of the workspace. It begins with the real time.</summary>
    public FakeTimeProvider Time { get; }

    public SimulatorServer Slack { get; private set; }

    public LunchApp App { get; }

    public static async Task<Office> OpenAsync(Chromium chromium, DemoScript? demo = null)
    {
        var app = await LunchApp.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var options = new SimulatorOptions
        {
            RateLimits = false,
            TimeProvider = time,
            Demo = demo,
            App = new AppOptions
            {
                Name = "Lunch",
                BotName = "lunch",
                CommandsUrl = new Uri(app.Address, "/commands"),
                InteractivityUrl = new Uri(app.Address, "/interactivity"),
                OptionsUrl = new Uri(app.Address, "/interactivity"),
                EventsUrl = new Uri(app.Address, "/events"),
                Shortcuts =
                [
                    new ShortcutOptions("Ask who is hungry", "hungry"),
                    new ShortcutOptions("Quote", "quote", OnMessage: true, "Repeats the message"),
                ],
                Commands =
                [
                    new CommandOptions("/lunch", "Order lunch for the office", "[help]"),
                    new CommandOptions("/dinner", "Not yet"),
                ],
            },
        };
        var slack = await SimulatorServer.StartAsync(options, TestContext.Current.CancellationToken);
        app.Install(slack);
        return new Office(chromium.Browser, options, time, slack, app);
    }

    /// <summary>Stops the workspace and starts a new one at the same address.</summary>
    public async Task RestartAsync()
    {
        var port = Slack.BaseAddress.Port;
        await Slack.DisposeAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    Slack = await SimulatorServer.StartAsync(_options with { Port = port });
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            },
            $"port {port} is free again"
        );
    }

    /// <summary>
    /// Waits until the app has received a request that it does not answer, then lets Slack's 3 s for it pass.
    /// </summary>
    public async Task TimeOutAsync()
    {
        await App.Stuck;
        Time.Advance(TimeSpan.FromSeconds(3));
    }

    /// <summary>Opens the page in a new browser context, as a person in a channel.</summary>
    public async Task<IPage> WindowAsync(
        string person = "noor",
        string channel = "general",
        int width = 1440,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout(Chromium.Timeout);
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{Slack.BaseAddress}?as={person}&channel={channel}");
        await Expect(page.Locator("#workspace[data-ready]")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Sends a request to the simulator's own API.</summary>
    public async Task<JsonNode> ControlAsync(HttpMethod verb, string path, JsonObject? body = null)
    {
        using var http = new HttpClient { BaseAddress = Slack.BaseAddress };
        using var request = new HttpRequestMessage(verb, new Uri("sim/" + path, UriKind.Relative))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(
            await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        )!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
            await context.DisposeAsync();
        await Slack.DisposeAsync();
        await App.DisposeAsync();
    }
}
