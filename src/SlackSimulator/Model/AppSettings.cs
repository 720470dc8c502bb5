using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>
/// The app's settings. They can change while the workspace runs, because the app's port is often known only later.
/// </summary>
internal sealed class AppSettings(AppOptions initial)
{
    private volatile AppOptions _current = initial;

    public AppOptions Current => _current;

    public void Set(Func<AppOptions, AppOptions> change) => _current = change(_current);

    /// <summary>Changes the fields in <paramref name="patch"/> and keeps the others.</summary>
    /// <exception cref="SimulatorError">A URL is not an absolute http or https URL.</exception>
    public void Apply(JsonObject patch)
    {
        var now = _current;
        _current = now with
        {
            Name = patch["name"].Text() ?? now.Name,
            BotToken = patch["bot_token"].Text() ?? now.BotToken,
            AppToken = patch["app_token"].Text() ?? now.AppToken,
            SigningSecret = patch["signing_secret"].Text() ?? now.SigningSecret,
            CommandsUrl = Address(patch, "commands_url", now.CommandsUrl),
            InteractivityUrl = Address(patch, "interactivity_url", now.InteractivityUrl),
            OptionsUrl = Address(patch, "options_url", now.OptionsUrl),
            EventsUrl = Address(patch, "events_url", now.EventsUrl),
            ClientId = patch["client_id"].Text() ?? now.ClientId,
            ClientSecret = patch["client_secret"].Text() ?? now.ClientSecret,
            RedirectUrls = Texts(patch["redirect_urls"])?.Select(Redirect).ToList() ?? now.RedirectUrls,
            Shortcuts = patch["shortcuts"] is JsonArray shortcuts ? [.. shortcuts.Select(Shortcut)] : now.Shortcuts,
            SocketMode = patch["socket_mode"] is { } mode ? mode.IsTrue() : now.SocketMode,
            Commands = patch["commands"] is JsonArray commands ? [.. commands.Select(Command)] : now.Commands,
            BotEvents = Texts(patch["bot_events"]) ?? now.BotEvents,
            BotScopes = Texts(patch["bot_scopes"]) ?? now.BotScopes,
        };
    }

    /// <summary>The settings without the secrets.</summary>
    public JsonObject Describe()
    {
        var app = _current;
        return new JsonObject
        {
            ["app_id"] = app.AppId,
            ["name"] = app.Name,
            ["bot_user_id"] = app.BotUserId,
            ["bot_id"] = app.BotId,
            ["bot_name"] = app.BotName,
            ["commands_url"] = app.CommandsUrl?.ToString(),
            ["interactivity_url"] = app.InteractivityUrl?.ToString(),
            ["options_url"] = app.OptionsUrl?.ToString(),
            ["events_url"] = app.EventsUrl?.ToString(),
            ["client_id"] = app.ClientId,
            ["redirect_urls"] = app.RedirectUrls.Select(address => address.ToString()).ToJsonArray(),
            ["socket_mode"] = app.SocketMode,
            ["commands"] = app
                .Commands.Select(command =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["command"] = command.Name,
                            ["description"] = command.Description,
                            ["usage_hint"] = command.UsageHint,
                        }
                )
                .ToJsonArray(),
            ["shortcuts"] = app
                .Shortcuts.Select(shortcut =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = shortcut.Name,
                            ["callback_id"] = shortcut.CallbackId,
                            ["type"] = shortcut.OnMessage ? "message" : "global",
                            ["description"] = shortcut.Description,
                        }
                )
                .ToJsonArray(),
            ["bot_events"] = app.BotEvents.ToJsonArray(),
            ["bot_scopes"] = app.BotScopes.ToJsonArray(),
        };
    }

    private static Uri? Address(JsonObject patch, string name, Uri? current)
    {
        if (!patch.TryGetPropertyValue(name, out var node))
            return current;
        if (node is null || node.Text() is "")
            return null;
        return Uri.TryCreate(node.Text(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw SimulatorError.BadRequest("invalid_url", $"{name} must be an absolute http or https URL.");
    }

    private static Uri Redirect(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            ? address
            : throw SimulatorError.BadRequest("invalid_url", "redirect_urls are absolute URLs.");

    private static ShortcutOptions Shortcut(JsonNode? node) =>
        node is JsonObject given && given["callback_id"].Text() is { } callbackId
            ? new ShortcutOptions(
                given["name"].Text() ?? callbackId,
                callbackId,
                given["type"].Text() is "message",
                given["description"].Text() ?? ""
            )
            : throw SimulatorError.BadRequest("invalid_shortcut", "A shortcut has a callback_id.");

    private static CommandOptions Command(JsonNode? node) =>
        node is JsonObject command
            ? new CommandOptions(
                command["command"].Text()
                    ?? command["name"].Text()
                    ?? throw SimulatorError.BadRequest("invalid_command", "A command needs its name."),
                command["description"].Text() ?? "",
                command["usage_hint"].Text() ?? ""
            )
            : new CommandOptions(
                node.Text() ?? throw SimulatorError.BadRequest("invalid_command", "A command is a name or an object.")
            );

    private static IReadOnlyList<string>? Texts(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(item => item.Text()).OfType<string>()] : null;
}
