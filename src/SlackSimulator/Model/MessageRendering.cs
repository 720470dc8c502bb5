using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>Writes messages as Slack's JSON. Called under the workspace's lock.</summary>
internal static class MessageRendering
{
    public static JsonObject Message(this Workspace workspace, Message message, Channel channel)
    {
        var json = new JsonObject { ["type"] = "message" };
        if (message.Subtype is not null)
            json["subtype"] = message.Subtype;
        if (message.ClientMessageId is not null)
            json["client_msg_id"] = message.ClientMessageId;
        json["user"] = message.User;
        json["ts"] = message.Ts;
        json["text"] = message.Text;
        json["team"] = workspace.TeamId;
        if (message.Detail is var (name, value))
            json[name] = value;
        if (message.FromApp)
        {
            json["bot_id"] = workspace.App.BotId;
            json["app_id"] = workspace.App.AppId;
            json["bot_profile"] = workspace.BotProfile();
        }

        if (message.Blocks is not null)
            json["blocks"] = message.Blocks.Clone();
        if (message.Files.Count > 0)
        {
            json["files"] = message.Files.Select(file => (JsonNode)workspace.File(file)).ToJsonArray();
            json["upload"] = false;
            json["display_as_bot"] = false;
        }

        if (message.Metadata is not null)
            json["metadata"] = message.Metadata.Clone();
        if (message.Reactions.Count > 0)
            json["reactions"] = message.Reactions.Select(Reaction).ToJsonArray();
        if (message.Pin is { } pin)
        {
            json["pinned_to"] = new JsonArray(channel.Id);
            json["pinned_info"] = new JsonObject
            {
                ["channel"] = channel.Id,
                ["pinned_by"] = pin.UserId,
                ["pinned_ts"] = pin.At.ToUnixTimeSeconds(),
            };
        }

        if (message.EditedTs is not null)
            json["edited"] = new JsonObject { ["user"] = message.EditedBy, ["ts"] = message.EditedTs };
        if (message.IsReply)
        {
            json["thread_ts"] = message.ThreadTs;
            json["parent_user_id"] = channel
                .Messages.Find(parent => string.Equals(parent.Ts, message.ThreadTs, StringComparison.Ordinal))
                ?.User;
            if (message.ReplyBroadcast)
                json["subtype"] = "thread_broadcast";
        }
        else if (!message.IsEphemeral)
        {
            AddThread(json, message, channel);
        }

        return json;
    }

    public static string Permalink(this Workspace workspace, Channel channel, Message message)
    {
        var digits = message.Ts.Replace(".", "", StringComparison.Ordinal);
        var address = $"https://{workspace.Options.TeamDomain}.slack.com/archives/{channel.Id}/p{digits}";
        return message.IsReply ? $"{address}?thread_ts={message.ThreadTs}&cid={channel.Id}" : address;
    }

    private static JsonNode Reaction(Reaction reaction) =>
        new JsonObject
        {
            ["name"] = reaction.Name,
            ["users"] = reaction.Users.ToJsonArray(),
            ["count"] = reaction.Users.Count,
        };

    private static void AddThread(JsonObject json, Message message, Channel channel)
    {
        var replies = channel
            .Messages.Where(reply =>
                reply.IsReply
                && !reply.IsEphemeral
                && string.Equals(reply.ThreadTs, message.Ts, StringComparison.Ordinal)
            )
            .ToList();
        if (replies.Count == 0)
            return;
        json["thread_ts"] = message.Ts;
        json["reply_count"] = replies.Count;
        json["reply_users_count"] = replies.Select(reply => reply.User).Distinct().Count();
        json["reply_users"] = replies.Select(reply => reply.User).Distinct().ToJsonArray();
        json["latest_reply"] = replies[^1].Ts;
    }
}
