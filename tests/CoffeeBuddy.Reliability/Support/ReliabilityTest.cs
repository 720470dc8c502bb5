namespace CoffeeBuddy.Reliability.Support;

/// <summary>A test in the shared office. It starts when the office has recovered from the test before.</summary>
[Collection(typeof(SharesWholeOffice))]
public abstract class ReliabilityTest(WholeOffice office) : IAsyncLifetime
{
    protected WholeOffice Office => office;

    public async ValueTask InitializeAsync() => await office.ReadyAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
