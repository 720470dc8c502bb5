namespace CoffeeBuddy.Browser.Support;

/// <summary>
/// A test on the page. After each test, the page must have requested nothing from another machine, and its script must
/// not have failed.
/// </summary>
[Collection(typeof(SharesCoffeeOffice))]
public abstract class PageTest(CoffeeOffice office) : IAsyncLifetime
{
    protected CoffeeOffice Office => office;

    /// <summary>The channel and the people of this test.</summary>
    protected Corner Corner { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await office.ReadyAsync();
        Corner = await office.CornerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Corner.CloseAsync();
        office.Sandbox.Slack.Faults.Set([]);
        Assert.NotEmpty(office.Requested);
        Assert.All(
            office.Requested,
            address => Assert.True(address.Host is "127.0.0.1" or "localhost", $"{address} is not on this machine.")
        );
        Assert.Empty(office.Problems);
    }
}
