using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Opens a run in the channel, or joins the one that is active there.</summary>
    /// <param name="meanwhile">Runs while the event is published: a Slack trigger id expires after 3 s, so the form
    /// must not wait for Kafka.</param>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    /// <exception cref="ActiveRunLimitException">The person may start no more runs.</exception>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<OpenedRun> OpenAsync(OpenRun command, Func<OpenedRun, Task>? meanwhile = null) =>
        ChangeAsync(
            token =>
                runs.OpenOrJoinAsync(
                    command with
                    {
                        DisplayName = command.DisplayName is { } name ? PlainName.Of(name) : null,
                        ChannelName = command.ChannelName is { } channel ? PlainName.Of(channel) : null,
                        TraceParent = TraceParent,
                    },
                    token
                ),
            opened => opened.Events,
            opened =>
            {
                if (opened is { Created: true, Replayed: false })
                    metrics.RunChanged("created");
            },
            opened =>
                Task.WhenAll(
                    opened is { Refused: true, Replayed: false } ? AnnounceAgainAsync(opened.Run) : Task.CompletedTask,
                    meanwhile?.Invoke(opened) ?? Task.CompletedTask
                )
        );

    /// <summary>
    /// Slack refused the run's announcement, and the initiator was asked to invite the app and to repeat the command.
    /// The event is not in the outbox: when it is lost, the command can be repeated once more.
    /// </summary>
    private Task<bool> AnnounceAgainAsync(CoffeeRun run)
    {
        var now = time.GetUtcNow();
        return publisher.TryPublishAsync(
            new(
                OutboxId: 0,
                Guid.CreateVersion7(now),
                Topics.Orders,
                run.RunId.ToString(),
                EventTypes.RunCreated,
                new EventData(run.RunId, run.WorkspaceId, run.ChannelId).ToJson(),
                TraceParent,
                now
            ),
            CancellationToken.None
        );
    }
}
