using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>Something about the tokens must be corrected in Slack; the message says what, and on which page.</summary>
public sealed class TokenException(string message) : Exception(message);

/// <summary>
/// Asks Slack whether the tokens are valid, belong to one app and have every scope of the manifest, and whether Socket
/// Mode can be used.
/// </summary>
public sealed class TokenCheck : IDisposable
{
    private const string BotPage = "OAuth & Permissions";
    private const string AppPage = "Basic Information, App-Level Tokens";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly SlackTokens _tokens;

    private TokenCheck(SlackTokens tokens) => _tokens = tokens;

    /// <exception cref="TokenException">The tokens cannot be used.</exception>
    public static async Task<RealWorkspace> RunAsync(SlackTokens tokens, CancellationToken cancellationToken)
    {
        RequirePrefix(tokens.Bot, "xoxb-", "The bot token", BotPage);
        RequirePrefix(tokens.App, "xapp-", "The app-level token", AppPage);
        using var check = new TokenCheck(tokens);
        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new TokenException(
                $"Slack did not answer at {tokens.ApiUrl}: {exception.Message} HTTPS_PROXY names a proxy, where one is needed."
            );
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<RealWorkspace> RunAsync(CancellationToken cancellationToken)
    {
        var (who, scopes) = await CallAsync("auth.test", _tokens.Bot, [], cancellationToken);
        if (Refusal(who) is { } refusal)
            throw new TokenException($"Slack refuses the bot token: {refusal}. Copy it again from {BotPage}.");
        var missing = SlackApp.FromManifest().BotScopes.Except(scopes, StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw new TokenException(
                $"The bot token lacks the scopes {string.Join(", ", missing)}. Add them on the page {BotPage}, Bot Token Scopes, and choose Reinstall there; or update the app on the page App Manifest."
            );

        var (opened, _) = await CallAsync("apps.connections.open", _tokens.App, [], cancellationToken);
        if (Refusal(opened) is { } refused)
            throw new TokenException(
                $"Slack refuses the app-level token: {refused}. It must have the scope connections:write ({AppPage}), and the page Socket Mode must have it enabled."
            );
        await RequireOneAppAsync((string?)who["bot_id"], cancellationToken);
        return new(
            (string?)who["team_id"]
                ?? (string?)who["enterprise_id"]
                ?? throw new TokenException("Slack names no workspace for the bot token."),
            (string?)who["team"] ?? "",
            (string?)who["user"] ?? "coffeebuddy",
            _tokens
        );
    }

    /// <summary>The app-level token begins with <c>xapp-1-</c> and the app's id.</summary>
    private async Task RequireOneAppAsync(string? bot, CancellationToken cancellationToken)
    {
        if (bot is null || _tokens.App.Split('-') is not [_, _, ['A', ..] app, ..])
            return;
        var (answer, _) = await CallAsync("bots.info", _tokens.Bot, [new("bot", bot)], cancellationToken);
        if ((string?)answer["bot"]?["app_id"] is { } other && other != app)
            throw new TokenException(
                $"The tokens are of two apps: the bot token of {other}, the app-level token of {app}. Copy both from the same app."
            );
    }

    private static void RequirePrefix(string token, string prefix, string what, string page)
    {
        if (!token.StartsWith(prefix, StringComparison.Ordinal))
            throw new TokenException($"{what} begins with {prefix}: it is on the page {page}.");
    }

    private static string? Refusal(JsonNode answer) =>
        (bool?)answer["ok"] == true
            ? null
            : $"{(string?)answer["error"] ?? "unknown"}{(answer["needed"] is { } needed ? $", needs {needed}" : "")}";

    private async Task<(JsonNode Answer, IReadOnlyList<string> Scopes)> CallAsync(
        string method,
        string token,
        IReadOnlyList<KeyValuePair<string, string>> arguments,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_tokens.ApiUrl, method))
        {
            Content = new FormUrlEncodedContent(arguments),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var response = await _http.SendAsync(request, cancellationToken);
        var answer =
            JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))
            ?? throw new JsonException("an empty answer");
        return (
            answer,
            response.Headers.TryGetValues("X-OAuth-Scopes", out var scopes)
                ? string.Join(',', scopes)
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : []
        );
    }
}
