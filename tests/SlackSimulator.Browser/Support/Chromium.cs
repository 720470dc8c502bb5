using SlackSimulator.Browser.Support;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace SlackSimulator.Browser.Support;

/// <summary>One real Chromium for all tests; each test has windows of its own in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var executable = Places.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(
            "The browser tests need Chromium at /usr/bin/chromium: apt-get update && apt-get install -y chromium fonts-noto-color-emoji");
        // Generous, because nothing waits longer than it must.
        SetDefaultExpectTimeout(20_000);
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
