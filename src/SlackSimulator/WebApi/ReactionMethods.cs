using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>reactions.add</c>, <c>reactions.get</c>, <c>reactions.list</c>, <c>reactions.remove</c>.</summary>
internal sealed class ReactionMethods(Workspace workspace, ChannelAccess access, Reactions reactions) : IMethodFamily
{
    private string Bot => workspace.App.BotUserId;

    public IEnumerable<Method> All =>
        [
            new("reactions.add", Tier.Three, Add, ["reactions:write"]),
            new("reactions.remove", Tier.Two, Remove, ["reactions:write"]),
            new("reactions.get", Tier.Three, Get, ["reactions:read"], TakesJson: false),
            new("reactions.list", Tier.Two, List, ["reactions:read"], TakesJson: false),
        ];

    private JsonObject Add(MethodCall call)
    {
        var name = Name(call);
        var (channel, message) = access.Message(call);
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        RequireRoom(message, name);
        return reactions.Add(channel, message, name, Bot) ? [] : throw new SlackError("already_reacted");
    }

    private JsonObject Remove(MethodCall call)
    {
        var name = Name(call);
        var (channel, message) = access.Message(call);
        return reactions.Remove(channel, message, name, Bot) ? [] : throw new SlackError("no_reaction");
    }

    private JsonObject Get(MethodCall call)
    {
        var (channel, message) = access.Message(call);
        return Item(channel, message);
    }

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var user = call.Text("user") ?? Bot;
        if (workspace.PersonById(user) is null)
            throw new SlackError("user_not_found");
        var reacted =
            from channel in workspace.Channels
            where channel.HasMember(Bot)
            from message in channel.Messages
            where message.Reactions.Exists(reaction => reaction.Users.Contains(user))
            orderby message.Ts descending
            select (channel, message);
        var (page, next) = call.Page([.. reacted], call.Number("limit", 100, 1, 1000));
        return new JsonObject
        {
            ["items"] = page.Select(item => (JsonNode)Item(item.channel, item.message)).ToJsonArray(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        };
    }

    private static string Name(MethodCall call) =>
        EmojiName.Canonical(call.Required("name")) ?? throw new SlackError("invalid_name");

    private void RequireRoom(Message message, string name)
    {
        if (message.Reactions.Count(reaction => reaction.Users.Contains(Bot)) >= Reactions.MaxPerUser)
            throw new SlackError("too_many_reactions");
        if (
            message.Reactions.Count >= Reactions.MaxEmoji
            && !message.Reactions.Exists(reaction => string.Equals(reaction.Name, name, StringComparison.Ordinal))
        )
            throw new SlackError("too_many_emoji");
    }

    private JsonObject Item(Channel channel, Message message)
    {
        var shown = workspace.Message(message, channel);
        shown["permalink"] = workspace.Permalink(channel, message);
        return new JsonObject
        {
            ["type"] = "message",
            ["channel"] = channel.Id,
            ["message"] = shown,
        };
    }
}
