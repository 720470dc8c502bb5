using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Brings the messages of a run in Slack up to the stored state. Every method may be repeated: a message that is up to
/// date is not touched, an older one is updated, a missing one is posted.
/// </summary>
public sealed class RunMessenger(MessageDelivery delivery, DirectMessages directMessages, Courtesies courtesies)
{
    // Version of messages that are posted once and never change.
    private const long Once = 1;

    private const int MaxParallelMessages = 8;

    /// <summary>Shows the announcement of the run in its channel. The run's thread is below it.</summary>
    /// <returns>Null where the app cannot post in the channel; the initiator gets a direct message then.</returns>
    public async Task<PostedMessage?> AnnounceAsync(
        RunDetails details,
        CancellationToken cancellationToken,
        RetryRefused retryRefused = RetryRefused.No
    )
    {
        var run = details.Run;
        var message = RunMessages.Announcement(run, details.Orders.Count);
        var posted = await delivery.ShowAsync(
            new(
                run,
                MessageKinds.Announcement,
                "",
                run.Version,
                _ => Task.FromResult(run.ChannelId),
                null,
                message,
                retryRefused
            ),
            cancellationToken
        );
        if (posted is null && run.Status == RunStatus.Active)
            await TellDirectlyAsync(
                run,
                MessageKinds.CannotPost,
                run.InitiatorUserId,
                Once,
                Replies.CannotPost(run.ChannelId),
                cancellationToken
            );
        return posted;
    }

    /// <summary>Shows the summary of all orders in the thread.</summary>
    /// <inheritdoc cref="AnnounceAsync" path="/param"/>
    public Task SummarizeAsync(
        RunDetails details,
        PostedMessage announcement,
        CancellationToken cancellationToken,
        RetryRefused retryRefused = RetryRefused.No
    ) =>
        InThreadAsync(
            details.Run,
            MessageKinds.Summary,
            details.Run.Version,
            announcement,
            RunMessages.Summary(details.Run, details.Orders),
            cancellationToken,
            retryRefused
        );

    /// <summary>
    /// Shows who the runner is and why: in the thread, or to everyone who ordered where the thread cannot be posted in.
    /// </summary>
    public async Task TellAssignmentAsync(
        RunDetails details,
        PostedMessage? announcement,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        if (announcement is not null && await ShowAssignmentAsync(run, announcement, cancellationToken) is not null)
            return;
        await SendInParallelAsync(
            details.Orders.Select(order => order.UserId).Append(run.InitiatorUserId).Distinct(),
            person =>
                person == run.RunnerUserId
                    ? Task.CompletedTask
                    : TellDirectlyAsync(
                        run,
                        MessageKinds.Assignment,
                        person,
                        AssignmentVersion(run),
                        RunMessages.AssignmentDirectly(run, mayComplete: person == run.InitiatorUserId),
                        cancellationToken
                    )
        );
    }

    /// <summary>Removes the button from the messages about the assignment of a run that is over.</summary>
    public async Task CloseAssignmentAsync(
        RunDetails details,
        PostedMessage? announcement,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        if (announcement is not null && details.Message(MessageKinds.Assignment)?.Ts is not null)
            await ShowAssignmentAsync(run, announcement, cancellationToken);
        if (details.Message(MessageKinds.Assignment, run.InitiatorUserId)?.Ts is not null)
            await TellDirectlyAsync(
                run,
                MessageKinds.Assignment,
                run.InitiatorUserId,
                AssignmentVersion(run),
                RunMessages.AssignmentDirectly(run, mayComplete: false),
                cancellationToken
            );
    }

    private Task<PostedMessage?> ShowAssignmentAsync(
        CoffeeRun run,
        PostedMessage announcement,
        CancellationToken cancellationToken
    ) =>
        InThreadAsync(
            run,
            MessageKinds.Assignment,
            AssignmentVersion(run),
            announcement,
            RunMessages.Assignment(run),
            cancellationToken
        );

    private static long AssignmentVersion(CoffeeRun run) =>
        (run.CompletedAt ?? run.CancelledAt ?? run.AssignedAt!.Value).UtcTicks;

    /// <summary>
    /// Shows the runner's direct message: what to bring and "Mark complete"; without the button once the run is over.
    /// </summary>
    /// <returns>Null where Slack refuses a direct message to the runner.</returns>
    public Task<PostedMessage?> TellRunnerAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(
            details.Run,
            MessageKinds.RunnerDm,
            details.Run.RunnerUserId!,
            details.Run.Version,
            details.Run.Status == RunStatus.Active
                ? RunnerMessages.Assigned(details.Run, details.Orders)
                : RunnerMessages.Closed(details.Run, details.Orders.Count),
            cancellationToken
        );

    /// <summary>Sends the reminder to the runner.</summary>
    /// <returns>Null where Slack refuses a direct message to the runner.</returns>
    public Task<PostedMessage?> RemindAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(
            details.Run,
            MessageKinds.Reminder,
            details.Run.RunnerUserId!,
            Once,
            RunnerMessages.Reminder(details.Run, details.Orders),
            cancellationToken
        );

    /// <summary>Removes the buttons from the reminder of a run that is over, if there is one.</summary>
    public Task CloseReminderAsync(RunDetails details, CancellationToken cancellationToken) =>
        details.Run.RunnerUserId is { } runner && details.Message(MessageKinds.Reminder, runner)?.Ts is not null
            ? TellDirectlyAsync(
                details.Run,
                MessageKinds.Reminder,
                runner,
                details.Run.Version,
                RunnerMessages.Closed(details.Run, details.Orders.Count),
                cancellationToken
            )
            : Task.CompletedTask;

    /// <summary>
    /// Confirms orders to the people who placed them, also when they replaced an order. What fails repeatedly is left
    /// to <see cref="CoffeeBuddy.Data.Sweeps.SweepStore.RequeueLaggingAsync"/>.
    /// </summary>
    /// <param name="announcement">Null where the app cannot post in the channel: a direct message is sent then.</param>
    /// <param name="retryCount">How often the record was repeated so far.</param>
    public Task ConfirmAsync(
        CoffeeRun run,
        IEnumerable<Order> orders,
        PostedMessage? announcement,
        int retryCount,
        CancellationToken cancellationToken
    ) =>
        SendInParallelAsync(
            orders,
            order =>
                courtesies.TryAsync(
                    "The confirmation of an order",
                    order.UserId,
                    retryCount,
                    async () =>
                    {
                        if (
                            announcement is null
                            || !await delivery.ConfirmAsync(run, order, announcement, cancellationToken)
                        )
                            await TellDirectlyAsync(
                                run,
                                MessageKinds.ConfirmationDm,
                                order.UserId,
                                order.CreatedAt.UtcTicks,
                                Replies.OrderConfirmation(order, directlyFrom: run.ChannelId),
                                cancellationToken
                            );
                    }
                )
        );

    /// <summary>
    /// Shows that the run is completed or cancelled: in the thread, where everyone who ordered is mentioned, or to each
    /// of them where the thread cannot be posted in.
    /// </summary>
    /// <param name="announcement">Null where the app cannot post in the channel.</param>
    public async Task TellClosedAsync(
        RunDetails details,
        PostedMessage? announcement,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        if (
            announcement is not null
            && await InThreadAsync(
                run,
                MessageKinds.Completion,
                Once,
                announcement,
                run.Status == RunStatus.Completed
                    ? RunMessages.Completed(run, details.Orders)
                    : RunMessages.Cancelled(run),
                cancellationToken
            )
                is not null
        )
            return;
        await SendInParallelAsync(
            details.Orders.Select(order => order.UserId).Distinct(),
            person =>
                TellDirectlyAsync(
                    run,
                    MessageKinds.Completion,
                    person,
                    Once,
                    RunMessages.ClosedDirectly(run),
                    cancellationToken
                )
        );
    }

    // The loop's token is not passed on: it would abort sends in flight when one fails.
    private static Task SendInParallelAsync<T>(IEnumerable<T> recipients, Func<T, Task> tell) =>
        Parallel.ForEachAsync(
            recipients,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelMessages },
            async (recipient, _) => await tell(recipient)
        );

    private Task<PostedMessage?> InThreadAsync(
        CoffeeRun run,
        string kind,
        long version,
        PostedMessage announcement,
        SlackMessage message,
        CancellationToken cancellationToken,
        RetryRefused retryRefused = RetryRefused.No
    ) =>
        delivery.ShowAsync(
            new(
                run,
                kind,
                "",
                version,
                _ => Task.FromResult(announcement.Channel),
                announcement.Ts,
                message,
                retryRefused
            ),
            cancellationToken
        );

    private Task<PostedMessage?> TellDirectlyAsync(
        CoffeeRun run,
        string kind,
        string userId,
        long version,
        SlackMessage message,
        CancellationToken cancellationToken
    ) =>
        delivery.ShowAsync(
            new(
                run,
                kind,
                userId,
                version,
                token => directMessages.ChannelOfAsync(userId, run.WorkspaceId, token),
                null,
                message
            ),
            cancellationToken
        );
}
