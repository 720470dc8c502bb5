using System.Globalization;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>chat.scheduleMessage</c>, <c>chat.deleteScheduledMessage</c>, <c>chat.scheduledMessages.list</c>.
/// </summary>
internal sealed class ScheduledMethods(Workspace workspace, ChannelAccess access, ScheduledMessages scheduled)
    : IMethodFamily
{
    private const int MaxInWindow = 30;
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(120);

    // Slack no longer deletes a message in the last minute before its time.
    private static readonly TimeSpan Committed = TimeSpan.FromSeconds(60);

    public IEnumerable<Method> All =>
        [
            new("chat.scheduleMessage", Tier.Three, Schedule, ["chat:write"]),
            new("chat.deleteScheduledMessage", Tier.Three, Delete, ["chat:write"]),
            new("chat.scheduledMessages.list", Tier.Three, List, []),
        ];

    private JsonObject Schedule(MethodCall call)
    {
        var channel = access.ForPosting(call.Required("channel"));
        var at = PostAt(call);
        var draft = MessageDraft.Read(call);
        var thread = AppMessages.Thread(channel, call.Text("thread_ts"));
        RequireRoom(channel, at);
        var added = new ScheduledMessage(
            workspace.Ids.Next("Q"),
            channel,
            at,
            workspace.Clock.Now,
            draft,
            thread,
            call.Flag("reply_broadcast")
        );
        scheduled.Add(added);
        return new JsonObject
        {
            ["scheduled_message_id"] = added.Id,
            ["channel"] = channel.Id,
            ["post_at"] = at.ToUnixTimeSeconds(),
            ["message"] = Content(draft),
        };
    }

    private JsonObject Delete(MethodCall call)
    {
        var channel = access.ForPosting(call.Required("channel"));
        var id = call.Required("scheduled_message_id");
        var found = scheduled.Waiting.FirstOrDefault(one =>
            ReferenceEquals(one.Channel, channel) && string.Equals(one.Id, id, StringComparison.Ordinal)
        );
        if (found is null || found.PostAt - workspace.Clock.Now < Committed)
            throw new SlackError("invalid_scheduled_message_id");
        scheduled.Remove(found);
        return [];
    }

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var channel = call.Text("channel") is { } id
            ? workspace.ChannelById(id) ?? throw new SlackError("invalid_channel")
            : null;
        var (oldest, latest) = (Seconds(call, "oldest") ?? 0, Seconds(call, "latest") ?? long.MaxValue);
        var all = scheduled
            .Waiting.Where(one => channel is null || ReferenceEquals(one.Channel, channel))
            .Where(one => one.PostAt.ToUnixTimeSeconds() is var at && at >= oldest && at <= latest)
            .ToList();
        var (page, next) = call.Page(all, call.Number("limit", 100, 1, 1000));
        return new JsonObject
        {
            ["scheduled_messages"] = page.Select(Describe).ToJsonArray(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        };
    }

    private DateTimeOffset PostAt(MethodCall call)
    {
        call.Required("post_at");
        if (Seconds(call, "post_at") is not { } seconds || seconds > MaxSeconds)
            throw new SlackError("invalid_time");
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (at <= workspace.Clock.Now)
            throw new SlackError("time_in_past");
        return at - workspace.Clock.Now > Furthest ? throw new SlackError("time_too_far") : at;
    }

    private static long? Seconds(MethodCall call, string name) =>
        long.TryParse(call.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : null;

    private void RequireRoom(Channel channel, DateTimeOffset at)
    {
        var near = scheduled.Waiting.Count(one =>
            ReferenceEquals(one.Channel, channel) && (one.PostAt - at).Duration() < Window
        );
        if (near >= MaxInWindow)
            throw new SlackError("restricted_too_many");
    }

    private JsonObject Content(DraftContent draft)
    {
        var content = new JsonObject
        {
            ["text"] = draft.Text,
            ["username"] = workspace.App.Name,
            ["bot_id"] = workspace.App.BotId,
            ["type"] = "delayed_message",
            ["subtype"] = "bot_message",
        };
        if (draft.Blocks is { } blocks)
            content["blocks"] = blocks.Clone();
        return content;
    }

    private static JsonNode Describe(ScheduledMessage one) =>
        new JsonObject
        {
            ["id"] = one.Id,
            ["channel_id"] = one.Channel.Id,
            ["post_at"] = one.PostAt.ToUnixTimeSeconds(),
            ["date_created"] = one.Created.ToUnixTimeSeconds(),
            ["text"] = one.Draft.Text,
        };
}
