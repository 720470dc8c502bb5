using System.Text.Json.Nodes;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>
/// A test in a shared office. After each test, the app must not have broken a rule or limit of Slack.
/// </summary>
public abstract class EndToEndTest(WholeOffice office) : IAsyncLifetime
{
    protected WholeOffice Office => office;

    protected Rows Rows => office.Rows;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await office.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Assert.Empty(await office.ViolationsAsync());
    }

    /// <summary>
    /// Repeats the action until the person has this form open, and returns the form: on a busy machine Slack's 3 s can
    /// pass before it opens or changes.
    /// </summary>
    protected static async Task<JsonNode> FormAsync(
        SlackPerson person,
        Func<Task<JsonNode>> act,
        Func<JsonNode, bool> isOpen
    )
    {
        JsonNode? form = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await act();
                return (form = await person.ViewAsync()) is not null && isOpen(form);
            },
            "the form opens"
        );
        return form!;
    }

    /// <summary>Waits for an ephemeral message with this text.</summary>
    protected static Task<SeenMessage> ToldAsync(Corner corner, SlackPerson person, string text) =>
        corner.SeesAsync(
            person,
            message => message.IsEphemeral && message.Shown.Contains(text, StringComparison.Ordinal)
        );
}
