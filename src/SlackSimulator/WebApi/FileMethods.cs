using System.Globalization;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>files.info</c>, <c>files.list</c>, <c>files.delete</c>.</summary>
internal sealed class FileMethods(Workspace workspace, Files files) : IMethodFamily
{
    private string Bot => workspace.App.BotUserId;

    public IEnumerable<Method> All =>
        [
            new("files.info", Tier.Four, Info, ["files:read"], TakesJson: false),
            new("files.list", Tier.Three, List, ["files:read"], TakesJson: false),
            new("files.delete", Tier.Three, Delete, ["files:write"]),
        ];

    private JsonObject Info(MethodCall call) =>
        new()
        {
            ["file"] = workspace.File(Find(call)),
            ["comments"] = new JsonArray(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = "" },
        };

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var (channel, user) = (call.Text("channel"), call.Text("user"));
        if (channel is not null && workspace.ChannelById(channel) is null)
            throw new SlackError("channel_not_found");
        if (user is not null && workspace.PersonById(user) is null)
            throw new SlackError("user_not_found");
        var (from, to) = (Seconds(call, "ts_from") ?? 0, Seconds(call, "ts_to") ?? decimal.MaxValue);
        var found = files
            .All.Where(Sees)
            .Where(file => channel is null || file.Shares.Exists(share => share.Channel.Id == channel))
            .Where(file => user is null || file.UserId == user)
            .Where(file => file.Created.ToUnixTimeSeconds() is var at && at >= from && at <= to)
            .ToList();
        var (count, page) = (call.Number("count", 100, 1, 1000), call.Number("page", 1, 1, int.MaxValue));
        return new JsonObject
        {
            ["files"] = found
                .Skip((int)Math.Min((page - 1L) * count, int.MaxValue))
                .Take(count)
                .Select(file => (JsonNode)workspace.File(file))
                .ToJsonArray(),
            ["paging"] = new JsonObject
            {
                ["count"] = count,
                ["total"] = found.Count,
                ["page"] = page,
                ["pages"] = (found.Count + count - 1) / count,
            },
        };
    }

    private JsonObject Delete(MethodCall call)
    {
        var file = Find(call);
        if (!string.Equals(file.UserId, Bot, StringComparison.Ordinal))
            throw new SlackError("cant_delete_file");
        files.Delete(file);
        return [];
    }

    private SharedFile Find(MethodCall call) =>
        files.Find(call.Required("file")) switch
        {
            { IsDeleted: true } => throw new SlackError("file_deleted"),
            { IsComplete: true } file when Sees(file) => file,
            _ => throw new SlackError("file_not_found"),
        };

    // The bot sees its own files and those in its channels.
    private bool Sees(SharedFile file) =>
        string.Equals(file.UserId, Bot, StringComparison.Ordinal)
        || file.Shares.Exists(share => share.Channel.HasMember(Bot));

    private static decimal? Seconds(MethodCall call, string name) =>
        decimal.TryParse(call.Text(name), NumberStyles.Number, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : null;
}
