namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>A workspace of Slack itself, in which the app is installed; its tokens were checked.</summary>
/// <param name="Id">Of the workspace, or of the organisation that the app is installed in.</param>
/// <param name="Name">The workspace's name.</param>
/// <param name="Bot">The bot's handle, for mentions and invitations.</param>
public sealed record RealWorkspace(string Id, string Name, string Bot, SlackTokens Tokens);

/// <param name="Bot">The bot's token, <c>xoxb-…</c>.</param>
/// <param name="App">The app-level token, <c>xapp-…</c>.</param>
/// <param name="ApiUrl">Base address of the Web API.</param>
public sealed record SlackTokens(string Bot, string App, Uri ApiUrl)
{
    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"the tokens for {ApiUrl}";
}
