namespace Support.Browser;

/// <summary>
/// A Chromium process for all tests of an assembly. Use: <c>[assembly: AssemblyFixture(typeof(Chromium))]</c>. Each
/// test opens browser contexts of its own.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>
    /// The longest wait for an action or an expectation, in milliseconds. It is long enough for a busy machine.
    /// </summary>
    public const int Timeout = 60_000;

    private IPlaywright? _playwright;

    /// <summary>The browser, once the fixture is initialized.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // An expectation ends as soon as it is met: the timeout only bounds a test that fails.
        SetDefaultExpectTimeout(Timeout);
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        Browser = await SystemChromium.LaunchAsync(_playwright);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
