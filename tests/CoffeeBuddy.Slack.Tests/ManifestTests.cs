using System.Text.Json.Nodes;
using CoffeeBuddy.Slack.Views;
using NJsonSchema;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class ManifestTests
{
    private static readonly string Manifest = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.json"));
    private static readonly JsonNode Root = JsonNode.Parse(Manifest)!;

    [Fact]
    public async Task The_manifest_is_valid_against_Slacks_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(
            Shared.ReadOrSkip("app-manifest.schema.2.0.0.json"),
            TestContext.Current.CancellationToken
        );

        Assert.Empty(schema.Validate(Manifest));
        // For Socket Mode, without addresses.
        var withoutAddresses = Manifest.Split('\n').Where(line => !line.Contains("https://", StringComparison.Ordinal));
        Assert.Empty(
            schema.Validate(
                JsonNode
                    .Parse(
                        string.Join('\n', withoutAddresses)
                            .Replace("\"socket_mode_enabled\": false", "\"socket_mode_enabled\": true"),
                        documentOptions: new() { AllowTrailingCommas = true }
                    )!
                    .ToJsonString()
            )
        );
        // The schema must find an error in a wrong manifest.
        Assert.NotEmpty(schema.Validate(Manifest.Replace("\"/coffee\"", "\"coffee\"")));
    }

    [Fact]
    public void Every_command_of_the_code_is_in_the_manifest() =>
        Assert.Equal(
            [Commands.Coffee, Commands.History, Commands.Cancel, Commands.Statistics],
            Root["features"]!["slash_commands"]!.AsArray().Select(command => (string?)command!["command"])
        );

    [Fact]
    public void The_manifest_requests_only_the_scopes_and_events_that_are_used()
    {
        Assert.Equal(
            [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "dnd:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:write",
                "users:read",
                "users:read.email",
            ],
            Root["oauth_config"]!["scopes"]!["bot"]!
                .AsArray()
                .Select(scope => (string?)scope)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["app_home_opened", "app_mention", "message.channels", "message.groups"],
            Root["settings"]!["event_subscriptions"]!["bot_events"]!.AsArray().Select(name => (string?)name)
        );
        Assert.InRange(((string)Root["display_information"]!["name"]!).Length, 1, 35);
        Assert.InRange(((string)Root["display_information"]!["description"]!).Length, 1, 140);
    }
}
