namespace CoffeeBuddy.Browser.Support;

/// <summary>Whatever people do on the page, it asks nobody outside this machine and its script does not fail.</summary>
public abstract class PageTest(CoffeeOffice office) : IClassFixture<CoffeeOffice>, IAsyncLifetime
{
    protected CoffeeOffice Office => office;

    /// <summary>The test's own channel and people.</summary>
    protected Corner Corner { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Corner = await office.CornerAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Corner.CloseAsync();
        office.Sandbox.Slack.Faults.Set([]);
        Assert.NotEmpty(office.Asked);
        Assert.All(
            office.Asked,
            address => Assert.True(address.Host is "127.0.0.1" or "localhost", $"{address} is not on this machine.")
        );
        Assert.Empty(office.Problems);
    }
}
