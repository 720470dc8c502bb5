using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>Writes channels and views as Slack's JSON. Called under the workspace's lock.</summary>
internal static class Rendering
{
    public static JsonObject Conversation(this Workspace workspace, Channel channel)
    {
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

        json["creator"] = channel.Creator;
        json["name"] = channel.Name;
        json["name_normalized"] = channel.Name;
        json["is_channel"] = channel.Kind == ChannelKind.Public;
        json["is_group"] = channel.Kind == ChannelKind.Private;
        json["is_mpim"] = channel.Kind == ChannelKind.GroupDirectMessage;
        json["is_private"] = channel.Kind != ChannelKind.Public;
        json["is_general"] = channel.IsGeneral;
        json["is_member"] = channel.HasMember(workspace.App.BotUserId);
        json["is_shared"] = false;
        json["is_ext_shared"] = false;
        json["num_members"] = channel.Members.Count;
        json["topic"] = Text(channel.Topic);
        json["purpose"] = Text(channel.Purpose);
        if (channel.HasMember(workspace.App.BotUserId))
            json["last_read"] = channel.BotLastRead;
        json["previous_names"] = channel.PreviousNames.ToJsonArray();
        return json;
    }

    private static JsonObject Text(ChannelText text) =>
        new()
        {
            ["value"] = text.Value,
            ["creator"] = text.Creator,
            ["last_set"] = text.LastSet,
        };

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
}
