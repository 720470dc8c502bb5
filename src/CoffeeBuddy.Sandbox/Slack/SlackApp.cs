using System.Text.Json.Nodes;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>
/// CoffeeBuddy as an app of the simulated workspace: name, commands, events and scopes come from the manifest that real
/// workspaces install.
/// </summary>
public static class SlackApp
{
    public static AppOptions FromManifest()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.json")))!;
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

    private static IReadOnlyList<string> Texts(JsonNode list) => [.. list.AsArray().Select(item => (string)item!)];
}
