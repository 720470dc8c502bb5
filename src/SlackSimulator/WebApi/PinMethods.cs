using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>pins.add</c>, <c>pins.list</c>, <c>pins.remove</c>.</summary>
internal sealed class PinMethods(Workspace workspace, ChannelAccess access, Pins pins) : IMethodFamily
{
    public IEnumerable<Method> All =>
        [
            new("pins.add", Tier.Two, Add, ["pins:write"]),
            new("pins.remove", Tier.Two, Remove, ["pins:write"]),
            new("pins.list", Tier.Two, List, ["pins:read"], TakesJson: false),
        ];

    private JsonObject Add(MethodCall call)
    {
        var (channel, message) = access.Message(call);
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        return pins.Add(channel, message, workspace.App.BotUserId) ? [] : throw new SlackError("already_pinned");
    }

    private JsonObject Remove(MethodCall call)
    {
        var (channel, message) = access.Message(call);
        return pins.Remove(channel, message, workspace.App.BotUserId) ? [] : throw new SlackError("no_pin");
    }

    private JsonObject List(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        return new JsonObject
        {
            ["items"] = Pins.Of(channel)
                .Select(message => (JsonNode)pins.Item(channel, message, message.Pin!))
                .ToJsonArray(),
        };
    }
}
