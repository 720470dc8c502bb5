using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Answers to the question after a run. Neither log nor audit says who answered what.</summary>
public sealed class SurveyHandler(RunStore runs, SurveyStore surveys, Permissions permissions, TimeProvider time)
{
    public async Task<(string Outcome, SlackMessage? Answer)> AnswerAsync(
        Interaction interaction,
        Guid runId,
        SurveyAnswer answer,
        CancellationToken cancellationToken
    )
    {
        if (await runs.GetAsync(runId, cancellationToken) is not { } details)
            return ("run_unknown", Replies.UnknownRun());
        var actor = permissions.OfSlack(interaction.User.Id);
        if (!await permissions.MayAsync(actor, Operation.AnswerSurvey, details, cancellationToken))
        {
            await permissions.RefusedAsync(actor, Operation.AnswerSurvey, runId, details.Run.ChannelId);
            return ("refused", SurveyMessages.OnlyWhoOrdered());
        }
        var answeredAt = SlackTimestamp.Read(interaction.Actions[0].ActionTs) ?? time.GetUtcNow();
        return await surveys.AnswerAsync(runId, interaction.User.Id, answer, answeredAt, cancellationToken)
            ? ("answered", SurveyMessages.Thanks(answer))
            : ("refused", SurveyMessages.OnlyWhoOrdered());
    }
}
