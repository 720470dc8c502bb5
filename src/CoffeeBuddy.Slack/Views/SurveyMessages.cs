using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The question after a run, and the answer to an answer.</summary>
public static class SurveyMessages
{
    /// <summary>The question with its answers, below the message that the run is complete.</summary>
    public static IEnumerable<Block> Ask(Guid runId)
    {
        yield return new SectionBlock(TextObject.Mrkdwn(StatisticsTexts.SurveyQuestion));
        yield return new ActionsBlock(
            Answer(Actions.Satisfied, StatisticsTexts.SatisfiedAnswer, runId),
            Answer(Actions.SoSo, StatisticsTexts.SoSoAnswer, runId),
            Answer(Actions.Dissatisfied, StatisticsTexts.DissatisfiedAnswer, runId)
        );
        yield return new ContextBlock(TextObject.Mrkdwn(StatisticsTexts.SurveyPrivacy));
    }

    public static SlackMessage Thanks(SurveyAnswer answer) =>
        Says(
            answer switch
            {
                SurveyAnswer.Satisfied => StatisticsTexts.ThanksSatisfied,
                SurveyAnswer.SoSo => StatisticsTexts.ThanksSoSo,
                _ => StatisticsTexts.ThanksDissatisfied,
            }
        );

    public static SlackMessage OnlyWhoOrdered() => Says(StatisticsTexts.OnlyWhoOrdered);

    private static Button Answer(string actionId, string text, Guid runId) =>
        new(actionId, TextObject.Plain(text, 75), runId.ToString());

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
