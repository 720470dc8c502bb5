using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Notifications;

public sealed partial class RunMessenger
{
    /// <summary>
    /// Shows that the runner is back, and who has collected: in the thread, where everyone who ordered is mentioned, or
    /// to each of them where the thread cannot be posted in. Removes the buttons when the run is over.
    /// </summary>
    /// <param name="announcement">Null where the app cannot post in the channel.</param>
    public async Task TellBackAsync(
        RunDetails details,
        PostedMessage? announcement,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        if (run.BackAt is null)
            return;
        var isOver = run.Status != RunStatus.Active;
        var collected = RunRules.Collected(run, details.Orders);
        if (
            announcement is not null
            && (!isOver || details.Message(MessageKinds.Back)?.Ts is not null)
            && await InThreadAsync(
                run,
                MessageKinds.Back,
                isOver ? run.Version : 1 + collected.Count,
                announcement,
                () => ProgressMessages.Back(run, details.Orders),
                cancellationToken
            )
                is not null
        )
            return;
        await SendInParallelAsync(
            RunRules
                .Collectors(run, details.Orders)
                .Where(person => !isOver || details.Message(MessageKinds.Back, person)?.Ts is not null),
            person =>
                TellDirectlyAsync(
                    run,
                    MessageKinds.Back,
                    person,
                    isOver ? run.Version
                        : collected.Contains(person) ? 2
                        : 1,
                    () => ProgressMessages.BackDirectly(run, collected.Contains(person)),
                    cancellationToken
                )
        );
    }
}
