using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>A test in the shared office. Whatever it does, the app must not break a rule or a limit of Slack's.</summary>
public abstract class EndToEndTest(Office office) : IAsyncDisposable
{
    protected Office Office => office;

    protected Database Database => office.Database;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Assert.Empty(await office.ViolationsAsync());
    }

    /// <summary>What the person is shown that nobody else sees.</summary>
    protected static Task<SeenMessage> ToldAsync(Corner corner, SlackPerson person, string text) =>
        corner.SeesAsync(
            person,
            message => message.IsEphemeral && message.Shown.Contains(text, StringComparison.Ordinal)
        );
}
