using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The question after a run, and the answer to an answer.</summary>
public static class SurveyMessages
{
    private const string Question = "How was it? Are you satisfied with how long this run took to organise?";

    /// <summary>The question with its answers, below the message that the run is complete.</summary>
    public static IEnumerable<Block> Ask(Guid runId)
    {
        yield return new SectionBlock(TextObject.Mrkdwn(Question));
        yield return new ActionsBlock(
            Answer(Actions.Satisfied, "Satisfied", runId),
            Answer(Actions.SoSo, "So-so", runId),
            Answer(Actions.Dissatisfied, "Not satisfied", runId)
        );
        yield return new ContextBlock(
            TextObject.Mrkdwn("For everybody who ordered. Only how many gave which answer is shown, never who.")
        );
    }

    public static SlackMessage Thanks(SurveyAnswer answer)
    {
        var text = answer switch
        {
            SurveyAnswer.Satisfied => "Thank you. You answered \"Satisfied\".",
            SurveyAnswer.SoSo => "Thank you. You answered \"So-so\".",
            _ => "Thank you. You answered \"Not satisfied\".",
        };
        return Says($"{text} Another answer replaces it.");
    }

    public static SlackMessage OnlyWhoOrdered() => Says("Only those who ordered in this run are asked.");

    private static Button Answer(string actionId, string text, Guid runId) =>
        new(actionId, TextObject.Plain(text, 75), runId.ToString());

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
