using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Brings the messages of a run in Slack up to the stored state. Every method may be repeated: a message that is up to
/// date is not touched, an older one is updated, a missing one is posted.
/// </summary>
public sealed partial class RunMessenger(
    MessageDelivery delivery,
    DirectMessages directMessages,
    Courtesies courtesies,
    IOptions<CoffeeOptions> options
)
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
        var posted = await delivery.ShowAsync(
            new(
                run,
                MessageKinds.Announcement,
                "",
                run.Version,
                _ => Task.FromResult(run.ChannelId),
                null,
                () => RunMessages.Announcement(run, details.Orders.Count, details.Menu.Shop),
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
                () => Replies.CannotPost(run.ChannelId),
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
            () => RunMessages.Summary(details.Run, details.Orders),
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
        if (announcement is not null && await ShowAssignmentAsync(details, announcement, cancellationToken) is not null)
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
                        () => RunMessages.AssignmentDirectly(run, mayComplete: person == run.InitiatorUserId),
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
            await ShowAssignmentAsync(details, announcement, cancellationToken);
        if (details.Message(MessageKinds.Assignment, run.InitiatorUserId)?.Ts is not null)
            await TellDirectlyAsync(
                run,
                MessageKinds.Assignment,
                run.InitiatorUserId,
                AssignmentVersion(run),
                () => RunMessages.AssignmentDirectly(run, mayComplete: false),
                cancellationToken
            );
    }

    private Task<PostedMessage?> ShowAssignmentAsync(
        RunDetails details,
        PostedMessage announcement,
        CancellationToken cancellationToken
    ) =>
        InThreadAsync(
            details.Run,
            MessageKinds.Assignment,
            AssignmentVersion(details.Run),
            announcement,
            () =>
                details.Run.RunnerUserId is null
                    ? RunMessages.NobodyGoes(details.Run, details.Declines)
                    : RunMessages.Assignment(details.Run, details.Declines),
            cancellationToken
        );

    private static long AssignmentVersion(CoffeeRun run) =>
        (run.CompletedAt ?? run.CancelledAt ?? run.BackAt ?? run.LeftAt ?? run.AssignedAt ?? run.UndecidedSince)!
            .Value
            .UtcTicks;

    /// <summary>
    /// Shows that nobody goes: in the thread, and to the initiator, who decides. Without an order there is nothing to
    /// decide.
    /// </summary>
    public async Task TellUndecidedAsync(
        RunDetails details,
        PostedMessage? announcement,
        CancellationToken cancellationToken
    )
    {
        if (details.Run.UndecidedSince is null)
            return;
        if (announcement is not null)
            await ShowAssignmentAsync(details, announcement, cancellationToken);
        if (details.Orders.Count > 0)
            await ShowDecisionAsync(details, cancellationToken);
    }

    /// <summary>
    /// Brings the messages up to date of those who are not the runner any more, who were asked to go, and of the
    /// initiator who was asked to decide.
    /// </summary>
    public async Task TellOthersAsync(RunDetails details, CancellationToken cancellationToken)
    {
        var run = details.Run;
        foreach (var message in details.Messages.Where(message => IsToEarlierRunner(message, run)))
            await TellDirectlyAsync(
                run,
                message.Kind,
                message.Recipient,
                run.Version,
                () =>
                    RunnerMessages.Released(run, named: message.ChannelId == run.ChannelId ? message.Recipient : null),
                cancellationToken
            );
        foreach (var request in details.Requests)
        {
            var shown = details.Message(MessageKinds.TakeOver, request.UserId);
            if (shown?.Ts is null && (run.Status != RunStatus.Active || request.Answer is not null))
                continue;
            await TellDirectlyAsync(
                run,
                MessageKinds.TakeOver,
                request.UserId,
                run.Status == RunStatus.Active ? request.Version : run.Version,
                () => RunnerMessages.TakeOver(run, request, details.Orders.Count),
                cancellationToken
            );
        }
        if (
            (run.Status != RunStatus.Active || run.UndecidedSince is null)
            && details.Message(MessageKinds.Decision, run.InitiatorUserId)?.Ts is not null
        )
            await ShowDecisionAsync(details, cancellationToken);
    }

    private Task<PostedMessage?> ShowDecisionAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(
            details.Run,
            MessageKinds.Decision,
            details.Run.InitiatorUserId,
            details.Run.UndecidedSince is not null || details.Run.Status != RunStatus.Active
                ? details.Run.Version
                : details.Run.RunnerVersion,
            () => RunnerMessages.Decision(details.Run, details.Orders, details.Declines, details.Requests),
            cancellationToken
        );

    private static bool IsToEarlierRunner(ShownMessage message, CoffeeRun run) =>
        message.Ts is not null
        && (message.Kind == MessageKinds.RunnerDm || MessageKinds.IsReminder(message.Kind))
        && message.Recipient != run.RunnerUserId
        && message.ShownVersion < run.RunnerVersion;

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
            () =>
                details.Run.Status == RunStatus.Active
                    ? RunnerMessages.Assigned(details.Run, details.Orders, details.Declines, details.Requests)
                    : RunnerMessages.Closed(details.Run, details.Orders.Count),
            cancellationToken
        );

    /// <summary>
    /// Sends the runner's next reminder: by direct message, or in the run's thread. Where the thread cannot be posted in,
    /// a direct message is sent.
    /// </summary>
    /// <returns>Null where Slack refuses a direct message to the runner.</returns>
    public async Task<PostedMessage?> RemindAsync(
        RunDetails details,
        bool inThread,
        CancellationToken cancellationToken
    )
    {
        var (run, runner) = (details.Run, details.Run.RunnerUserId!);
        var number = run.RemindersSent + 1;
        var kind = MessageKinds.ReminderOf(number);
        Task<PostedMessage?> ShowAsync(string? channel, string? thread, RetryRefused retryRefused) =>
            delivery.ShowAsync(
                new(
                    run,
                    kind,
                    runner,
                    Once,
                    token =>
                        channel is null
                            ? directMessages.ChannelOfAsync(runner, run.WorkspaceId, token)
                            : Task.FromResult(channel),
                    thread,
                    () => RunnerMessages.Reminder(run, details.Orders, number, inThread: thread is not null),
                    retryRefused
                ),
                cancellationToken
            );
        if (
            inThread
            && details.Message(MessageKinds.Announcement) is { ChannelId: { } channel, Ts: { } thread }
            && details.Message(kind, runner)?.Error is null
            && await ShowAsync(channel, thread, RetryRefused.No) is { } shown
        )
            return shown;
        return await ShowAsync(null, null, inThread ? RetryRefused.Yes : RetryRefused.No);
    }

    /// <summary>Removes the buttons from the reminders of a run that is over.</summary>
    public async Task CloseRemindersAsync(RunDetails details, CancellationToken cancellationToken)
    {
        var reminders = details.Messages.Where(message =>
            message.Ts is not null
            && MessageKinds.IsReminder(message.Kind)
            && message.Recipient == details.Run.RunnerUserId
        );
        foreach (var reminder in reminders)
            await TellDirectlyAsync(
                details.Run,
                reminder.Kind,
                reminder.Recipient,
                details.Run.Version,
                () => RunnerMessages.Closed(details.Run, details.Orders.Count),
                cancellationToken
            );
    }

    /// <summary>
    /// Confirms orders to the people who placed them, those for guests too, also when they replaced an order. What fails repeatedly is left
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
            orders.GroupBy(order => order.UserId).Select(person => person.ToList()),
            person =>
                courtesies.TryAsync(
                    "The confirmation of an order",
                    person[0].UserId,
                    retryCount,
                    async () =>
                    {
                        if (
                            announcement is null
                            || !await delivery.ShowToPersonAsync(
                                run,
                                MessageKinds.Confirmation,
                                person[0].UserId,
                                ConfirmationVersion(person),
                                () => Replies.OrderConfirmation(person),
                                announcement,
                                inThread: false,
                                cancellationToken
                            )
                        )
                            await TellDirectlyAsync(
                                run,
                                MessageKinds.ConfirmationDm,
                                person[0].UserId,
                                ConfirmationVersion(person),
                                () => Replies.OrderConfirmation(person, directlyFrom: run.ChannelId),
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
                () =>
                    run.Status == RunStatus.Completed
                        ? RunMessages.Completed(run, details.Orders, options.Value.Survey)
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
                    () => RunMessages.ClosedDirectly(run, options.Value.Survey),
                    cancellationToken
                )
        );
    }

    /// <summary>The version of the confirmation of a person's orders: the time of the latest.</summary>
    public static long ConfirmationVersion(IEnumerable<Order> orders) => orders.Max(order => order.CreatedAt.UtcTicks);

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
        Func<SlackMessage> message,
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
        Func<SlackMessage> message,
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
