using System.Text.Json.Nodes;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>What a person reads of a message or view.</summary>
internal static class ShownTexts
{
    /// <summary>All texts, in their order.</summary>
    /// <param name="json">Of Block Kit.</param>
    public static List<string> Of(string json) => [.. Of(JsonNode.Parse(json), _ => true)];

    /// <summary>Titles, buttons and other plain texts, which are cut where they are too long.</summary>
    /// <param name="json">Of Block Kit.</param>
    public static List<string> Plain(string json) =>
        [.. Of(JsonNode.Parse(json), parent => $"{parent["type"]}" == "plain_text")];

    private static IEnumerable<string> Of(JsonNode? node, Func<JsonObject, bool> isShown) =>
        node switch
        {
            JsonObject parent => parent.SelectMany(child =>
                child is { Key: "text", Value: JsonValue text }
                    ? isShown(parent)
                        ? [$"{text}"]
                        : []
                    : Of(child.Value, isShown)
            ),
            JsonArray items => items.SelectMany(item => Of(item, isShown)),
            _ => [],
        };
}
