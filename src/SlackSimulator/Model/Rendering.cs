using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>Writes people, channels, messages and views as Slack's JSON. Called under the workspace's lock.</summary>
internal static class Rendering
{
    public static JsonObject User(this Workspace workspace, Person person, bool withEmail = true)
    {
        var profile = new JsonObject
        {
            ["title"] = "",
            ["phone"] = "",
            ["real_name"] = person.RealName,
            ["real_name_normalized"] = person.RealName,
            ["display_name"] = person.DisplayName,
            ["display_name_normalized"] = person.DisplayName,
            ["first_name"] = person.RealName,
            ["last_name"] = "",
            ["status_text"] = "",
            ["status_emoji"] = "",
            ["team"] = workspace.TeamId,
        };
        if (withEmail && person.Email is not null)
            profile["email"] = person.Email;
        if (person.IsBot)
            (profile["bot_id"], profile["api_app_id"]) = (workspace.App.BotId, workspace.App.AppId);

        var user = new JsonObject
        {
            ["id"] = person.Id,
            ["team_id"] = workspace.TeamId,
            ["name"] = person.Name,
            ["deleted"] = person.Deleted,
            ["profile"] = profile,
            ["is_bot"] = person.IsBot,
            ["is_app_user"] = false,
            ["updated"] = workspace.Created.ToUnixTimeSeconds(),
        };
        if (!person.Deleted)
        {
            user["color"] = "9f69e7";
            user["real_name"] = person.RealName;
            user["tz"] = person.TimeZone;
            user["tz_label"] = person.TimeZone;
            user["tz_offset"] = person.OffsetSeconds(workspace.Clock.Now);
            user["is_admin"] = person.IsAdmin;
            user["is_owner"] = false;
            user["is_primary_owner"] = false;
            user["is_restricted"] = false;
            user["is_ultra_restricted"] = false;
        }

        if (workspace.Enterprise is { } enterprise && !person.IsBot)
        {
            user["enterprise_user"] = new JsonObject
            {
                ["id"] = person.Id,
                ["enterprise_id"] = enterprise.Id,
                ["enterprise_name"] = enterprise.Name,
                ["is_admin"] = false,
                ["is_owner"] = false,
                ["teams"] = new JsonArray(workspace.TeamId),
            };
        }

        return user;
    }

    public static JsonObject Conversation(this Workspace workspace, Channel channel)
    {
        var isChannel = channel.Kind is ChannelKind.Public or ChannelKind.Private;
        var json = new JsonObject
        {
            ["id"] = channel.Id,
            ["created"] = channel.Created.ToUnixTimeSeconds(),
            ["is_archived"] = channel.IsArchived,
            ["is_im"] = channel.Kind == ChannelKind.DirectMessage,
            ["is_org_shared"] = false,
            ["context_team_id"] = workspace.TeamId,
        };
        if (channel.Kind == ChannelKind.DirectMessage)
        {
            json["user"] = channel.Members.Find(member =>
                !string.Equals(member, workspace.App.BotUserId, StringComparison.Ordinal)
            );
            json["is_user_deleted"] = false;
            return json;
        }

        json["name"] = channel.Name;
        json["name_normalized"] = channel.Name;
        json["is_channel"] = channel.Kind == ChannelKind.Public;
        json["is_group"] = channel.Kind == ChannelKind.Private;
        json["is_mpim"] = channel.Kind == ChannelKind.GroupDirectMessage;
        json["is_private"] = channel.Kind != ChannelKind.Public;
        json["is_general"] = isChannel && channel.Name is "general";
        json["is_member"] = channel.HasMember(workspace.App.BotUserId);
        json["is_shared"] = false;
        json["is_ext_shared"] = false;
        json["num_members"] = channel.Members.Count;
        json["topic"] = new JsonObject
        {
            ["value"] = "",
            ["creator"] = "",
            ["last_set"] = 0,
        };
        json["purpose"] = new JsonObject
        {
            ["value"] = "",
            ["creator"] = "",
            ["last_set"] = 0,
        };
        return json;
    }

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
        if (message.FromApp)
        {
            json["bot_id"] = workspace.App.BotId;
            json["app_id"] = workspace.App.AppId;
            json["bot_profile"] = BotProfile(workspace);
        }

        if (message.Blocks is not null)
            json["blocks"] = message.Blocks.Clone();
        if (message.Metadata is not null)
            json["metadata"] = message.Metadata.Clone();
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

    public static JsonObject View(this Workspace workspace, View view, bool withState)
    {
        var definition = view.Definition;
        var json = new JsonObject
        {
            ["id"] = view.Id,
            ["team_id"] = workspace.TeamId,
            ["type"] = view.Type,
            ["blocks"] = view.Blocks.Clone(),
            ["private_metadata"] = definition["private_metadata"].Text() ?? "",
            ["callback_id"] = definition["callback_id"].Text() ?? "",
            ["state"] = withState ? view.State.ToJson() : new JsonObject { ["values"] = new JsonObject() },
            ["hash"] = view.Hash,
            ["title"] =
                definition["title"]?.DeepClone()
                ?? new JsonObject
                {
                    ["type"] = "plain_text",
                    ["text"] = "View Title",
                    ["emoji"] = true,
                },
            ["clear_on_close"] = definition["clear_on_close"].IsTrue(),
            ["notify_on_close"] = definition["notify_on_close"].IsTrue(),
            ["close"] = definition["close"]?.DeepClone(),
            ["submit"] = definition["submit"]?.DeepClone(),
            ["previous_view_id"] = view.PreviousId,
            ["root_view_id"] = view.RootId,
            ["app_id"] = workspace.App.AppId,
            ["external_id"] = view.ExternalId ?? "",
            ["app_installed_team_id"] = workspace.IsOrgInstall ? workspace.Enterprise!.Id : workspace.TeamId,
            ["bot_id"] = workspace.App.BotId,
        };
        if (definition["submit_disabled"] is { } disabled)
            json["submit_disabled"] = disabled.DeepClone();
        return json;
    }

    public static JsonObject BotProfile(this Workspace workspace) =>
        new()
        {
            ["id"] = workspace.App.BotId,
            ["app_id"] = workspace.App.AppId,
            ["user_id"] = workspace.App.BotUserId,
            ["name"] = workspace.App.Name,
            ["deleted"] = false,
            ["updated"] = workspace.Created.ToUnixTimeSeconds(),
            ["team_id"] = workspace.TeamId,
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
