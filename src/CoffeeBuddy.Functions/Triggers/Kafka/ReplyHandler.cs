using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>A reply in a thread.</summary>
/// <param name="Text">As the person has typed it.</param>
/// <param name="Ts">When it was written or last edited.</param>
public sealed record Reply(string Channel, string ThreadTs, string UserId, string Text, string? Ts);

/// <summary>
/// Replies in a run's thread that order, change or withdraw: takes what is clear, asks back privately what is not.
/// </summary>
public sealed partial class ReplyHandler(
    RunActions actions,
    RunStore runs,
    ReplyAnswers answers,
    TimeProvider time,
    ILogger<ReplyHandler> logger
)
{
    /// <summary>Times that Slack and the database round differently.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads a reply. Conversation, and a reply in another thread, is left alone.</summary>
    /// <param name="retryCount">How often the record was repeated so far.</param>
    public async Task HandleAsync(Reply reply, int retryCount, CancellationToken cancellationToken)
    {
        if (
            await runs.FindByThreadAsync(reply.Channel, reply.ThreadTs, cancellationToken) is var (run, menu)
            && OrderReplyText.Read(reply.Text, menu) is { } read
        )
            await HandleAsync(run, reply, read, retryCount, cancellationToken);
    }

    /// <inheritdoc cref="HandleAsync(Reply, int, CancellationToken)" path="/param"/>
    /// <param name="run">The run of the thread.</param>
    /// <param name="read">What the reply asks for.</param>
    public async Task HandleAsync(
        CoffeeRun run,
        Reply reply,
        OrderReply read,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var (after, answer) = read switch
        {
            OrderReply.Unclear or OrderReply.Change when !RunRules.AcceptsOrders(run) => (
                run,
                read is OrderReply.Change ? OrderReplies.TooLate(run) : null
            ),
            OrderReply.Change { Drink: var drink } => await ChangeAsync(run, reply, drink, cancellationToken),
            OrderReply.Withdrawal withdrawal => await WithdrawAsync(run, reply, withdrawal, cancellationToken),
            OrderReply.Unclear unclear => (
                run,
                OrderReplies.Unclear(unclear, run.RunId, await OrdersOfAsync(run, reply.UserId, cancellationToken))
            ),
            _ => (run, null),
        };
        if (answer is not null)
            await AnswerAsync(after, reply, answer, retryCount, cancellationToken);
    }

    /// <summary>
    /// A reply is deleted, or says nothing about an order any more. The order that it placed stands: whether it is to go
    /// as well, only the person can say.
    /// </summary>
    /// <param name="before">The reply as it was.</param>
    /// <param name="changedTs">When it was deleted or edited.</param>
    public async Task RetractAsync(Reply before, string? changedTs, int retryCount, CancellationToken cancellationToken)
    {
        if (
            SlackTimestamp.Read(before.Ts) is not { } writtenAt
            || await runs.FindByThreadAsync(before.Channel, before.ThreadTs, cancellationToken) is not var (run, menu)
            || OrderReplyText.Read(before.Text, menu) is not OrderReply.Change
            || !RunRules.AcceptsOrders(run)
        )
            return;
        var orders = await OrdersOfAsync(run, before.UserId, cancellationToken);
        // Another order than that of the reply is not affected.
        if (
            orders.FirstOrDefault(order => order.Guest is null) is { } own
            && (own.CreatedAt - writtenAt).Duration() <= Rounding
        )
            await AnswerAsync(
                run,
                before with
                {
                    Ts = changedTs,
                },
                OrderReplies.StillOrdered(own),
                retryCount,
                cancellationToken
            );
    }

    /// <summary>Answers the writer of a reply, and nobody else.</summary>
    public Task AnswerAsync(
        CoffeeRun run,
        Reply reply,
        SlackMessage answer,
        int retryCount,
        CancellationToken cancellationToken
    ) =>
        answers.SendAsync(
            run,
            RunRules.AcceptsOrders(run) ? MessageKinds.Answer : MessageKinds.TooLate,
            reply.UserId,
            new PostedMessage(reply.Channel, reply.ThreadTs),
            WrittenAt(reply),
            answer,
            retryCount,
            cancellationToken
        );

    /// <returns>The run after the change; no answer where the confirmation of the order is the answer.</returns>
    private async Task<(CoffeeRun Run, SlackMessage? Answer)> ChangeAsync(
        CoffeeRun run,
        Reply reply,
        DrinkChange drink,
        CancellationToken cancellationToken
    )
    {
        var writtenAt = WrittenAt(reply);
        var result = await actions.AmendAsync(new(run.RunId, reply.UserId, drink, writtenAt));
        Log.OrderRead(logger, run.RunId, reply.UserId, result.Outcome);
        SlackMessage? answer = result.Outcome switch
        {
            // Handled again, the reply finds the order that it has placed.
            OrderOutcome.Unchanged when result.Order!.CreatedAt < writtenAt - Rounding => OrderReplies.Unchanged(
                result.Order
            ),
            OrderOutcome.NoOrder => OrderReplies.NothingToChange(run.RunId),
            // Two replies can arrive in the wrong order: of the later one alone the person expects both changes.
            OrderOutcome.Superseded when !drink.IsNew && result.Order is not null => OrderReplies.Overtaken(
                result.Order
            ),
            OrderOutcome.DoesNotFit => OrderReplies.DoesNotFit(
                run.RunId,
                await OrdersOfAsync(run, reply.UserId, cancellationToken)
            ),
            OrderOutcome.NotOffered => OrderReplies.NotOffered(
                result.Refusal!,
                run.RunId,
                await OrdersOfAsync(run, reply.UserId, cancellationToken)
            ),
            OrderOutcome.RunClosed or OrderOutcome.RunnerLeft => OrderReplies.TooLate(result.Run!),
            _ => null,
        };
        return (result.Run ?? run, answer);
    }

    private async Task<(CoffeeRun Run, SlackMessage? Answer)> WithdrawAsync(
        CoffeeRun run,
        Reply reply,
        OrderReply.Withdrawal withdrawal,
        CancellationToken cancellationToken
    )
    {
        var orders = await OrdersOfAsync(run, reply.UserId, cancellationToken);
        var guests = orders.Where(order => order.Guest is not null).ToList();
        if (!RunRules.AcceptsOrders(run))
            return (run, withdrawal.IsCasual && orders.Count == 0 ? null : OrderReplies.TooLate(run));
        if (guests.Count > 0 && !withdrawal.IsOwn)
            return (run, OrderReplies.WhichOne(orders));
        var result = await actions.WithdrawAsync(run.RunId, reply.UserId, WrittenAt(reply));
        Log.OrderRead(logger, run.RunId, reply.UserId, result.Outcome);
        SlackMessage? answer = result.Outcome switch
        {
            OrderOutcome.Withdrawn => OrderReplies.Withdrawn(result.Order, guests),
            OrderOutcome.AlreadyWithdrawn => OrderReplies.Withdrawn(order: null, guests),
            OrderOutcome.NoOrder when !withdrawal.IsCasual => OrderReplies.NothingToWithdraw(guests),
            OrderOutcome.RunClosed or OrderOutcome.RunnerLeft => OrderReplies.TooLate(result.Run!),
            _ => null,
        };
        return (result.Run ?? run, answer);
    }

    private Task<IReadOnlyList<Order>> OrdersOfAsync(
        CoffeeRun run,
        string userId,
        CancellationToken cancellationToken
    ) => runs.OrdersOfAsync(userId, [run.RunId], cancellationToken);

    private DateTimeOffset WrittenAt(Reply reply) => SlackTimestamp.Read(reply.Ts) ?? time.GetUtcNow();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Order of {UserId} read in the thread of run {RunId}: {Outcome}")]
        public static partial void OrderRead(ILogger logger, Guid runId, string userId, OrderOutcome outcome);
    }
}
