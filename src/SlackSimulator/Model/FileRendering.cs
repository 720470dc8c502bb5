using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>Writes files as Slack's JSON. Called under the workspace's lock.</summary>
internal static class FileRendering
{
    public static JsonObject File(this Workspace workspace, SharedFile file)
    {
        // A message keeps the place of a deleted file.
        if (file.IsDeleted)
            return new JsonObject { ["id"] = file.Id, ["mode"] = "tombstone" };
        var json = new JsonObject
        {
            ["id"] = file.Id,
            ["created"] = file.Created.ToUnixTimeSeconds(),
            ["timestamp"] = file.Created.ToUnixTimeSeconds(),
            ["name"] = file.Name,
            ["title"] = file.Title,
            ["mimetype"] = file.ContentType,
            ["filetype"] = file.FileType,
            ["pretty_type"] = file.FileType.ToUpperInvariant(),
            ["user"] = file.UserId,
            ["user_team"] = workspace.TeamId,
            ["editable"] = false,
            ["size"] = file.Length,
            ["mode"] = "hosted",
            ["is_external"] = false,
            ["external_type"] = "",
            ["is_public"] = file.Shares.Exists(share => share.Channel.Kind == ChannelKind.Public),
            ["public_url_shared"] = false,
            ["display_as_bot"] = false,
            ["username"] = "",
            ["url_private"] = workspace.FileAddress(file).ToString(),
            ["url_private_download"] = workspace.FileAddress(file, "download/").ToString(),
            ["permalink"] =
                $"https://{workspace.Options.TeamDomain}.slack.com/files/{file.UserId}/{file.Id}/"
                + Uri.EscapeDataString(file.Name),
            ["comments_count"] = 0,
            ["is_starred"] = false,
            ["shares"] = Shares(file),
            ["channels"] = In(file, ChannelKind.Public),
            ["groups"] = In(file, ChannelKind.Private, ChannelKind.GroupDirectMessage),
            ["ims"] = In(file, ChannelKind.DirectMessage),
            ["has_more_shares"] = false,
            ["has_rich_preview"] = false,
            ["file_access"] = "visible",
        };
        if (file.AltText is not null)
            json["alt_txt"] = file.AltText;
        return json;
    }

    private static Uri FileAddress(this Workspace workspace, SharedFile file, string folder = "") =>
        new(
            workspace.Address,
            $"files-pri/{workspace.TeamId}-{file.Id}/{folder}{Uri.EscapeDataString(file.Name.ToLowerInvariant())}"
        );

    private static JsonObject Shares(SharedFile file)
    {
        var shares = new JsonObject();
        foreach (var (channel, ts) in file.Shares)
        {
            var kind = channel.Kind == ChannelKind.Public ? "public" : "private";
            if (shares[kind] is not JsonObject byChannel)
                shares[kind] = byChannel = [];
            if (byChannel[channel.Id] is not JsonArray list)
                byChannel[channel.Id] = list = [];
            list.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["ts"] = ts,
                        ["channel_name"] = channel.Name,
                        ["reply_users"] = new JsonArray(),
                        ["reply_users_count"] = 0,
                        ["reply_count"] = 0,
                    }
            );
        }

        return shares;
    }

    private static JsonArray In(SharedFile file, params IReadOnlyList<ChannelKind> kinds) =>
        file
            .Shares.Select(share => share.Channel)
            .Where(channel => kinds.Contains(channel.Kind))
            .Select(channel => channel.Id)
            .Distinct()
            .ToJsonArray();
}
