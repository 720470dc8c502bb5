using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>
/// CoffeeBuddy as an app of the simulated workspace: name, commands, events and scopes come from the manifest that real
/// workspaces install.
/// </summary>
public static class SlackApp
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static AppOptions FromManifest()
    {
        var manifest = Manifest();
        var features = manifest["features"]!;
        return new AppOptions
        {
            Name = (string)manifest["display_information"]!["name"]!,
            BotName = (string)features["bot_user"]!["display_name"]!,
            Commands =
            [
                .. features["slash_commands"]!
                    .AsArray()
                    .Select(command => new CommandOptions(
                        (string)command!["command"]!,
                        (string)command["description"]!,
                        (string?)command["usage_hint"] ?? ""
                    )),
            ],
            BotEvents = Texts(manifest["settings"]!["event_subscriptions"]!["bot_events"]!),
            BotScopes = Texts(manifest["oauth_config"]!["scopes"]!["bot"]!),
        };
    }

    /// <summary>The manifest for an app that uses Socket Mode: without addresses, because Slack calls none.</summary>
    public static string SocketModeManifest()
    {
        var manifest = Manifest();
        foreach (var command in manifest["features"]!["slash_commands"]!.AsArray())
            command!.AsObject().Remove("url");
        var settings = manifest["settings"]!;
        settings["event_subscriptions"]!.AsObject().Remove("request_url");
        settings["interactivity"]!.AsObject().Remove("request_url");
        settings["socket_mode_enabled"] = true;
        return manifest.ToJsonString(Readable);
    }

    private static JsonNode Manifest() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.json")))!;

    private static IReadOnlyList<string> Texts(JsonNode list) => [.. list.AsArray().Select(item => (string)item!)];
}
