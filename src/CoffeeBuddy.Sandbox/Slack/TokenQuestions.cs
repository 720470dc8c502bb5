using System.Text;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>Says how to make the app in Slack, and gets its two tokens: from the environment, or typed.</summary>
internal sealed class TokenQuestions(TextWriter output)
{
    /// <summary>The worker's names for them.</summary>
    private const string BotVariable = "Slack__BotToken";
    private const string AppVariable = "Slack__AppToken";

    /// <param name="folder">Where the manifest to paste is written.</param>
    /// <exception cref="TokenException">A token is missing.</exception>
    public async Task<SlackTokens> AskAsync(Uri api, string folder)
    {
        var (bot, app) = (FromEnvironment(BotVariable), FromEnvironment(AppVariable));
        if (bot is null || app is null)
        {
            var manifest = Path.Combine(Directory.CreateDirectory(folder).FullName, "manifest.json");
            await File.WriteAllTextAsync(manifest, SlackApp.SocketModeManifest());
            await output.WriteLineAsync(Steps(manifest));
        }

        bot ??= await ReadAsync("Bot token (xoxb-…): ", BotVariable);
        app ??= await ReadAsync("App-level token (xapp-…): ", AppVariable);
        return new(bot, app, api);
    }

    private static string Steps(string manifest) =>
        $"""
            CoffeeBuddy in your own workspace. Nothing has to reach this machine: it connects to Slack.

              1. Open https://api.slack.com/apps?new_app=1, choose "From a manifest" and the workspace,
                 choose JSON, and paste the contents of
                 {manifest}
              2. "Install App" in the menu, then "Install to …". Copy the "Bot User OAuth Token".
              3. "Basic Information", "App-Level Tokens", "Generate Token and Scopes": any name, "Add Scope",
                 connections:write, "Generate". Copy the token.

            The tokens are not stored. {BotVariable} and {AppVariable} in the environment answer the questions.

            """;

    private static string? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;

    private async Task<string> ReadAsync(string question, string variable)
    {
        await output.WriteAsync(question);
        await output.FlushAsync();
        var typed = Console.IsInputRedirected ? await Console.In.ReadLineAsync() : ReadHidden();
        await output.WriteLineAsync();
        return typed?.Trim() is { Length: > 0 } token
            ? token
            : throw new TokenException($"There is no token: type it, or set {variable}.");
    }

    /// <summary>A token must not stay on the screen.</summary>
    private static string ReadHidden()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }
}
