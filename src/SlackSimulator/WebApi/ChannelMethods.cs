using SlackSimulator.BlockKit;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>conversations.create</c>, <c>.archive</c>, <c>.unarchive</c>, <c>.rename</c>, <c>.setTopic</c>,
/// <c>.setPurpose</c>.
/// </summary>
internal sealed class ChannelMethods(Workspace workspace, ChannelAccess access, ChannelChanges channels) : IMethodFamily
{
    private const int MaxName = 80;
    private const int MaxTopic = 250;
    private static readonly string[] Manage = ["channels:manage", "groups:write"];
    private static readonly string[] Topic = [.. Manage, "im:write", "mpim:write"];

    private string Bot => workspace.App.BotUserId;

    public IEnumerable<Method> All =>
        [
            new("conversations.create", Tier.Two, Create, Manage),
            new("conversations.archive", Tier.Two, Archive, Manage),
            new("conversations.unarchive", Tier.Two, Unarchive, Manage),
            new("conversations.rename", Tier.Two, Rename, Manage),
            new("conversations.setTopic", Tier.Two, SetTopic, Topic),
            new("conversations.setPurpose", Tier.Two, SetPurpose, Topic),
        ];

    private JsonObject Create(MethodCall call)
    {
        workspace.RequireTeam(call);
        var isPrivate = call.Flag("is_private");
        RequireManage(isPrivate);
        return Answer(channels.Create(FreeName(call), isPrivate));
    }

    private JsonObject Archive(MethodCall call)
    {
        var channel = Managed(call);
        if (channel.IsArchived)
            throw new SlackError("already_archived");
        if (channel.IsGeneral)
            throw new SlackError("cant_archive_general");
        channels.Archive(channel, Bot);
        return [];
    }

    private JsonObject Unarchive(MethodCall call)
    {
        var channel = Managed(call);
        if (!channel.IsArchived)
            throw new SlackError("not_archived");
        channels.Unarchive(channel, Bot);
        return [];
    }

    private JsonObject Rename(MethodCall call)
    {
        var channel = Managed(call);
        RequireActive(channel);
        if (!string.Equals(channel.Creator, Bot, StringComparison.Ordinal))
            throw new SlackError("not_authorized");
        channels.Rename(channel, FreeName(call), Bot);
        return Answer(channel);
    }

    private JsonObject SetTopic(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        RequireActive(channel);
        channels.SetTopic(channel, Text(call, "topic"), Bot);
        return Answer(channel);
    }

    private JsonObject SetPurpose(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        RequireActive(channel);
        channels.SetPurpose(channel, Text(call, "purpose"), Bot);
        return Answer(channel);
    }

    private Channel Managed(MethodCall call)
    {
        var channel = ChannelAccess.Named(access.Joined(call.Required("channel")));
        RequireManage(channel.Kind == ChannelKind.Private);
        return channel;
    }

    private void RequireManage(bool isPrivate) =>
        workspace.RequireScope(isPrivate ? "groups:write" : "channels:manage");

    private static void RequireActive(Channel channel)
    {
        if (channel.IsArchived)
            throw new SlackError("is_archived");
    }

    private string FreeName(MethodCall call)
    {
        var name = call.Text("name") ?? throw new SlackError("invalid_name_required");
        if (Checks.Length(name) > MaxName)
            throw new SlackError("invalid_name_maxlength");
        if (name.Any(IsSpecial))
            throw new SlackError("invalid_name_specials");
        if (!name.Any(char.IsLetterOrDigit))
            throw new SlackError("invalid_name_punctuation");
        return workspace.Channels.Any(other => string.Equals(other.Name, name, StringComparison.Ordinal))
            ? throw new SlackError("name_taken")
            : name;
    }

    // Letters of every script are allowed, except upper case.
    private static bool IsSpecial(char letter) =>
        !(char.IsLetterOrDigit(letter) || letter is '-' or '_') || char.IsUpper(letter);

    private static string Text(MethodCall call, string name)
    {
        // An empty text clears the topic or purpose.
        if (!call.Arguments.ContainsKey(name))
            throw SlackError.Missing(name);
        var text = call.Text(name) ?? "";
        return Checks.Length(text) > MaxTopic ? throw new SlackError("too_long") : text;
    }

    private JsonObject Answer(Channel channel) => new() { ["channel"] = workspace.Conversation(channel) };
}
