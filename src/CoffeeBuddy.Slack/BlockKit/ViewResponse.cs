using System.Text.Json;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>The HTTP answer to a submitted view.</summary>
/// <param name="ResponseAction">"errors" or "update".</param>
/// <param name="Errors">The messages to show, by id of the block that each is shown below.</param>
public sealed record ViewResponse(
    string ResponseAction,
    IReadOnlyDictionary<string, string>? Errors = null,
    View? View = null
)
{
    public string ToJson() => JsonSerializer.Serialize(this, BlockKitJson.Default.ViewResponse);
}
