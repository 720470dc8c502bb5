using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>Answers a reply in a run's thread, for the person who wrote it only. Each reply is answered once.</summary>
public sealed class ReplyAnswers(MessageDelivery delivery, Courtesies courtesies, TimeProvider time)
{
    /// <summary>
    /// A reply is answered within this time. Later nobody waits for it, and after a restore of the database it was
    /// answered before.
    /// </summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(1);

    /// <param name="kind"><see cref="MessageKinds.Answer"/>, or <see cref="MessageKinds.TooLate"/>: once in a run.</param>
    /// <param name="thread">The announcement, with which the thread starts.</param>
    /// <param name="answer">In the language of the person, whose reply is being handled.</param>
    /// <param name="repliedAt">An answer to a later reply is not followed by one to an earlier reply.</param>
    /// <param name="retryCount">How often the record was repeated so far.</param>
    public async Task SendAsync(
        CoffeeRun run,
        string kind,
        string userId,
        PostedMessage thread,
        DateTimeOffset repliedAt,
        SlackMessage answer,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        if (time.GetUtcNow() - repliedAt > AnswerWithin)
            return;
        await courtesies.TryAsync(
            "The answer to a reply",
            userId,
            retryCount,
            () =>
                delivery.ShowToPersonAsync(
                    run,
                    kind,
                    userId,
                    kind == MessageKinds.TooLate ? 1 : repliedAt.UtcTicks,
                    () => answer,
                    thread,
                    inThread: true,
                    cancellationToken
                )
        );
    }
}
