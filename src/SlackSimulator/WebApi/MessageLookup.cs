using System.Globalization;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// Finds the message that <c>channel</c> and <c>timestamp</c> name. Called under the workspace's lock.
/// </summary>
internal static class MessageLookup
{
    /// <exception cref="SlackError"><c>no_item_specified</c>, <c>channel_not_found</c>, <c>not_in_channel</c>,
    /// <c>bad_timestamp</c> or <c>message_not_found</c>.</exception>
    public static (Channel Channel, Message Message) Message(this ChannelAccess access, MethodCall call)
    {
        if (call.Text("channel") is not { } id || call.Text("timestamp") is not { } ts)
            throw new SlackError("no_item_specified");
        var channel = access.Joined(id);
        if (!IsTimestamp(ts))
            throw new SlackError("bad_timestamp");
        return MessageStore.Find(channel, ts) is { IsEphemeral: false, IsDeleted: false } message
            ? (channel, message)
            : throw new SlackError("message_not_found");
    }

    public static bool IsTimestamp(string text) =>
        text.Contains('.', StringComparison.Ordinal)
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}
