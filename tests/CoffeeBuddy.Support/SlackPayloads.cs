using System.Text.Json.Nodes;

namespace CoffeeBuddy.Support;

/// <summary>Payloads of Slack's requests.</summary>
public static class SlackPayloads
{
    private const string Team = "T0SIM00001";

    /// <summary>A submission of the order form for a large latte, which was opened in the channel just now.</summary>
    /// <param name="more">More inputs; an input with the same name replaces the default.</param>
    public static string Submission(
        string run,
        string channelId,
        string userId,
        string name,
        params (string Input, JsonObject State)[] more
    )
    {
        var values = new JsonObject();
        foreach (
            var (input, state) in ((string, JsonObject)[])
                [("drink", Selected("Latte")), ("size", Selected("Large")), .. more]
        )
            values[$"{input}:0"] = new JsonObject { [input] = state };
        return new JsonObject
        {
            ["type"] = "view_submission",
            ["user"] = new JsonObject { ["id"] = userId, ["name"] = name },
            ["team"] = new JsonObject { ["id"] = Team },
            ["view"] = new JsonObject
            {
                ["id"] = "V1",
                ["callback_id"] = "order",
                ["private_metadata"] = new JsonObject
                {
                    ["run_id"] = run,
                    ["channel_id"] = channelId,
                    ["initiator_user_id"] = userId,
                    ["revision"] = 0,
                    ["last_drinks"] = new JsonArray(),
                    ["member_until"] = DateTimeOffset.UtcNow.AddMinutes(5).ToString("O"),
                }.ToJsonString(),
                ["state"] = new JsonObject { ["values"] = values },
            },
        }.ToJsonString();
    }

    private static JsonObject Selected(string value) =>
        new() { ["selected_option"] = new JsonObject { ["value"] = value } };
}
