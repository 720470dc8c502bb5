using SlackSimulator.Browser.Support;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace SlackSimulator.Browser.Support;

/// <summary>One real Chromium for all tests; each test has windows of its own in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Generous, because nothing waits longer than it must.
        SetDefaultExpectTimeout(20_000);
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        Browser = await SystemChromium.LaunchAsync(_playwright);
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
