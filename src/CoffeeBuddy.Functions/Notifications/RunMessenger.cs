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
/// Brings what Slack shows of a run up to what is stored. Every step reads the ledger first and may be repeated: a
/// message that is up to date is left alone, an older one is updated in place, one that is missing is posted.
/// </summary>
public sealed class RunMessenger(MessageDelivery delivery, DirectMessages directMessages)
{
    // Messages that are posted once and never change.
    private const long Once = 1;

    private const int PeopleAtOnce = 8;

    /// <summary>The message in the channel that says there is a run; the head of the run's thread.</summary>
    /// <param name="retryRefused">Whether to try again where Slack has refused it: the app may have been invited since.</param>
    /// <returns>Where it is, or null where the channel cannot be posted in; the initiator is told then.</returns>
    public async Task<PostedMessage?> AnnounceAsync(
        RunDetails details,
        CancellationToken cancellationToken,
        bool retryRefused = false
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

    /// <summary>All orders, in the thread, updated in place.</summary>
    /// <inheritdoc cref="AnnounceAsync" path="/param"/>
    public Task SummarizeAsync(
        RunDetails details,
        PostedMessage head,
        CancellationToken cancellationToken,
        bool retryRefused = false
    ) =>
        InThreadAsync(
            details.Run,
            MessageKinds.Summary,
            details.Run.Version,
            head,
            RunMessages.Summary(details.Run, details.Orders),
            cancellationToken,
            retryRefused
        );

    /// <summary>Who goes and why, in the thread and to the runner; the runner's message follows later orders.</summary>
    public async Task TellAssignmentAsync(RunDetails details, PostedMessage? head, CancellationToken cancellationToken)
    {
        var run = details.Run;
        if (head is not null)
            await InThreadAsync(
                run,
                MessageKinds.Assignment,
                Once,
                head,
                RunMessages.Assignment(run),
                cancellationToken
            );
        await TellRunnerAsync(details, cancellationToken);
    }

    /// <summary>The runner's own message: what to bring and "Mark complete"; without the button once the run is over.</summary>
    public Task TellRunnerAsync(RunDetails details, CancellationToken cancellationToken) =>
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

    /// <returns>Null where Slack does not let the runner be told.</returns>
    public Task<PostedMessage?> RemindAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(
            details.Run,
            MessageKinds.Reminder,
            details.Run.RunnerUserId!,
            Once,
            RunnerMessages.Reminder(details.Run, details.Orders),
            cancellationToken
        );

    /// <summary>Takes the buttons off the reminder of a run that is over, if the runner was reminded.</summary>
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

    /// <summary>Confirms orders to those who placed them, again when they were replaced.</summary>
    /// <param name="head">Null where the channel cannot be posted in: it is said directly then.</param>
    public Task ConfirmAsync(
        CoffeeRun run,
        IEnumerable<Order> orders,
        PostedMessage? head,
        CancellationToken cancellationToken
    ) =>
        SideBySideAsync(
            orders,
            order =>
                head is not null
                    ? delivery.ConfirmAsync(run, order, head, cancellationToken)
                    : TellDirectlyAsync(
                        run,
                        MessageKinds.Confirmation,
                        order.UserId,
                        order.CreatedAt.UtcTicks,
                        Replies.OrderConfirmation(order, directlyFrom: run.ChannelId),
                        cancellationToken
                    )
        );

    /// <summary>That the run is completed or cancelled, in the thread; everyone who ordered is mentioned.</summary>
    /// <param name="head">Null where the channel cannot be posted in: everyone who ordered is told directly then.</param>
    public Task TellClosedAsync(RunDetails details, PostedMessage? head, CancellationToken cancellationToken)
    {
        var run = details.Run;
        if (head is not null)
            return InThreadAsync(
                run,
                MessageKinds.Completion,
                Once,
                head,
                run.Status == RunStatus.Completed
                    ? RunMessages.Completed(run, details.Orders)
                    : RunMessages.Cancelled(run),
                cancellationToken
            );
        var people = details.Orders.Select(order => order.UserId).Distinct();
        return SideBySideAsync(
            people,
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

    // Of a burst nobody waits for all the others. Not by the loop's token, which one failure would end for calls under way.
    private static Task SideBySideAsync<T>(IEnumerable<T> recipients, Func<T, Task> tell) =>
        Parallel.ForEachAsync(
            recipients,
            new ParallelOptions { MaxDegreeOfParallelism = PeopleAtOnce },
            async (recipient, _) => await tell(recipient)
        );

    private Task<PostedMessage?> InThreadAsync(
        CoffeeRun run,
        string kind,
        long version,
        PostedMessage head,
        SlackMessage message,
        CancellationToken cancellationToken,
        bool retryRefused = false
    ) =>
        delivery.ShowAsync(
            new(run, kind, "", version, _ => Task.FromResult(head.Channel), head.Ts, message, retryRefused),
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
                token => directMessages.ChannelOfAsync(userId, SlackIds.TeamOf(run.WorkspaceId), token),
                null,
                message
            ),
            cancellationToken
        );
}
