using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.WebApi;

/// <summary>A message that waits for its time.</summary>
internal sealed record ScheduledMessage(
    string Id,
    Channel Channel,
    DateTimeOffset PostAt,
    DateTimeOffset Created,
    DraftContent Draft,
    string? ThreadTs,
    bool Broadcast
);

/// <summary>
/// Keeps scheduled messages and posts each when the workspace's clock reaches its time. Called under the workspace's
/// lock.
/// </summary>
internal sealed class ScheduledMessages(
    Workspace workspace,
    MessageStore messages,
    AppMessages app,
    BackgroundWork background
)
{
    private readonly List<ScheduledMessage> _waiting = [];

    /// <summary>In the order of their times.</summary>
    public IReadOnlyList<ScheduledMessage> Waiting => [.. _waiting.OrderBy(scheduled => scheduled.PostAt)];

    public void Add(ScheduledMessage scheduled)
    {
        _waiting.Add(scheduled);
        background.Start(async cancellationToken =>
        {
            await workspace.Clock.WaitUntilAsync(scheduled.PostAt, cancellationToken);
            lock (workspace.Gate)
                PostDue();
        });
    }

    public void Remove(ScheduledMessage scheduled) => _waiting.Remove(scheduled);

    // Several can become due at once. Each wait posts all of them, so that their order does not depend on the waits.
    private void PostDue()
    {
        foreach (var due in Waiting.Where(scheduled => scheduled.PostAt <= workspace.Clock.Now))
        {
            _waiting.Remove(due);
            // As at Slack, a message is dropped when the app can no longer post in the channel.
            if (due.Channel.IsArchived || !due.Channel.HasMember(workspace.App.BotUserId))
                continue;
            var thread = due.Channel.LiveThread(due.ThreadTs);
            messages.Post(
                due.Channel,
                app.Create(due.Channel, due.Draft, thread, broadcast: thread is not null && due.Broadcast)
            );
        }
    }
}
