using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>chat.postMessage</c>, <c>chat.postEphemeral</c>, <c>chat.meMessage</c>, <c>chat.update</c>, <c>chat.delete</c>,
/// <c>chat.getPermalink</c>.
/// </summary>
internal sealed class ChatMethods(
    Workspace workspace,
    ChannelAccess access,
    MessageStore messages,
    AppMessages app,
    RateLimiter limits
) : IMethodFamily
{
    public IEnumerable<Method> All =>
        [
            new("chat.postMessage", null, PostMessage, ["chat:write"]),
            new("chat.postEphemeral", Tier.Four, PostEphemeral, ["chat:write"]),
            new("chat.meMessage", Tier.Three, MeMessage, ["chat:write"]),
            new("chat.update", Tier.Three, Update, ["chat:write"]),
            new("chat.delete", Tier.Three, Delete, ["chat:write"]),
            new("chat.getPermalink", null, Permalink, [], TakesJson: false),
        ];

    private JsonObject PostMessage(MethodCall call)
    {
        var channel = access.ForPosting(call.Required("channel"));
        var draft = MessageDraft.Read(call);
        var thread = AppMessages.Thread(channel, call.Text("thread_ts"));
        limits.Message(channel.Id);
        var message = messages.Post(
            channel,
            app.Create(channel, draft, thread, broadcast: thread is not null && call.Flag("reply_broadcast"))
        );
        return new JsonObject
        {
            ["channel"] = channel.Id,
            ["ts"] = message.Ts,
            ["message"] = workspace.Message(message, channel),
        };
    }

    private JsonObject MeMessage(MethodCall call)
    {
        var channel = access.ForPosting(call.Required("channel"));
        var text = call.Text("text") ?? throw new SlackError("no_text");
        var draft = MessageDraft.Read(new JsonObject { ["text"] = text });
        limits.Message(channel.Id);
        var message = messages.Post(channel, app.Create(channel, draft, thread: null, subtype: "me_message"));
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = message.Ts };
    }

    private JsonObject PostEphemeral(MethodCall call)
    {
        var channel = access.ForPosting(call.Required("channel"));
        var userId = call.Required("user");
        if (workspace.PersonById(userId) is null || !channel.HasMember(userId))
            throw new SlackError("user_not_in_channel");
        var draft = MessageDraft.Read(call);
        var message = messages.Post(
            channel,
            app.Create(channel, draft, AppMessages.Thread(channel, call.Text("thread_ts")), onlyFor: userId)
        );
        return new JsonObject { ["message_ts"] = message.Ts };
    }

    private JsonObject Update(MethodCall call)
    {
        var channel = access.Visible(call.Required("channel"));
        var message = Own(channel, call.Required("ts"), "cant_update_message");
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        var draft = MessageDraft.Read(call);
        messages.Edit(
            channel,
            message,
            workspace.App.BotUserId,
            changed =>
            {
                // An update without blocks keeps them; an empty array removes them.
                (changed.Text, changed.Blocks) = (draft.Text, draft.KeepsBlocks ? changed.Blocks : draft.Blocks);
                changed.Metadata = draft.Metadata ?? changed.Metadata;
            }
        );
        return new JsonObject
        {
            ["channel"] = channel.Id,
            ["ts"] = message.Ts,
            ["text"] = message.Text,
            ["message"] = workspace.Message(message, channel),
        };
    }

    private JsonObject Delete(MethodCall call)
    {
        var channel = access.Visible(call.Required("channel"));
        var message = Own(channel, call.Required("ts"), "cant_delete_message");
        messages.Delete(channel, message);
        return new JsonObject { ["channel"] = channel.Id, ["ts"] = message.Ts };
    }

    private JsonObject Permalink(MethodCall call)
    {
        var channel = access.Visible(call.Required("channel"));
        var message = MessageStore.Find(channel, call.Required("message_ts"))
            is { IsEphemeral: false, IsDeleted: false } found
            ? found
            : throw new SlackError("message_not_found");
        return new JsonObject { ["channel"] = channel.Id, ["permalink"] = workspace.Permalink(channel, message) };
    }

    /// <summary>Finds a message that the app sent. Ephemeral and deleted messages are not found.</summary>
    private static Message Own(Channel channel, string ts, string notOwnError) =>
        MessageStore.Find(channel, ts) is not { IsEphemeral: false, IsDeleted: false } message
            ? throw new SlackError("message_not_found")
        : message.FromApp ? message
        : throw new SlackError(notOwnError);
}
