using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>Creates the messages of the app. Called under the workspace's lock.</summary>
internal sealed class AppMessages(Workspace workspace)
{
    /// <summary>The ts of the parent for a <c>thread_ts</c>; null for a message at top level.</summary>
    /// <exception cref="SlackError"><c>thread_not_found</c>.</exception>
    public static string? Thread(Channel channel, string? threadTs)
    {
        if (channel.LiveThread(threadTs) is not { } live)
            return null;
        var parent = MessageStore.Find(channel, live);
        // A reply to a reply belongs to the thread of that reply.
        return parent is { IsEphemeral: false }
            ? channel.LiveThread(parent.ThreadTs ?? parent.Ts)
            : throw new SlackError("thread_not_found");
    }

    public Message Create(
        Channel channel,
        DraftContent draft,
        string? thread,
        bool broadcast = false,
        string? onlyFor = null,
        string? subtype = null
    ) =>
        new()
        {
            Channel = channel.Id,
            Ts = workspace.Ids.NextTs(),
            User = workspace.App.BotUserId,
            FromApp = true,
            Text = draft.Text,
            Blocks = draft.Blocks,
            Metadata = draft.Metadata,
            ThreadTs = thread,
            ReplyBroadcast = broadcast,
            OnlyFor = onlyFor,
            Subtype = subtype,
        };
}
