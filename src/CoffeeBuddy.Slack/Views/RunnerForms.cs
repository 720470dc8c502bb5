using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The forms "I can't go" and "Ask somebody to go".</summary>
public static class RunnerForms
{
    private const string ReasonInput = "reason";
    private const string PersonInput = "person";

    /// <summary>The runner says that they cannot go, with a reason if they like.</summary>
    public static View StepBack(CoffeeRun run) =>
        Form(
            run,
            Actions.StepBackCallback,
            RunnerTexts.CantGo,
            RunnerTexts.CantGo,
            new SectionBlock(TextObject.Mrkdwn(RunnerTexts.FormatStepBackExplanation(Mrkdwn.Channel(run.ChannelId)))),
            new InputBlock(
                TextObject.Plain(RunnerTexts.WhyNotLabel, 2000),
                new PlainTextInput(ReasonInput, Decline.MaxReasonLength),
                Optional: true,
                Hint: TextObject.Plain(RunnerTexts.ReasonHint, 2000)
            )
            {
                BlockId = ReasonInput,
            }
        );

    /// <summary>Somebody is asked to go, and becomes the runner when they say yes.</summary>
    public static View AskToGo(CoffeeRun run) =>
        Form(
            run,
            Actions.AskToGoCallback,
            RunnerTexts.AskSomebodyTitle,
            RunnerTexts.Ask,
            new SectionBlock(
                TextObject.Mrkdwn(
                    run.RunnerUserId is null ? RunnerTexts.AskExplanation : RunnerTexts.AskExplanationRunner
                )
            ),
            new InputBlock(
                TextObject.Plain(RunnerTexts.WhoLabel, 2000),
                new UsersSelect(PersonInput, TextObject.Plain(RunnerTexts.ChoosePerson, 150)),
                Hint: TextObject.Plain(RunnerTexts.WhoHint, 2000)
            )
            {
                BlockId = PersonInput,
            }
        );

    /// <summary>The run that a submitted form is about.</summary>
    public static bool TryReadRunId(Interaction interaction, out Guid runId) =>
        Guid.TryParse(interaction.View?.PrivateMetadata, out runId);

    /// <summary>The reason that was given; null: none.</summary>
    public static string? Reason(Interaction interaction) =>
        interaction.View?.Value(ReasonInput, ReasonInput)?.Value is { } typed && !string.IsNullOrWhiteSpace(typed)
            ? typed.Trim()
            : null;

    /// <summary>The person who was chosen; null: none.</summary>
    public static string? Person(Interaction interaction) =>
        interaction.View?.Value(PersonInput, PersonInput)?.SelectedUser;

    public static ViewResponse ReasonTooLong() =>
        Error(ReasonInput, RunnerTexts.FormatReasonTooLong(Decline.MaxReasonLength));

    public static ViewResponse PersonError(string reason) => Error(PersonInput, reason);

    /// <summary>Replaces the form with an explanation.</summary>
    public static ViewResponse Explanation(string text) => new("update", View: ExplanationView(text));

    /// <summary>The same when the run does not exist.</summary>
    public static ViewResponse NoRun() => Explanation(RunnerTexts.NoRun);

    /// <summary>Says how a run that is over has ended.</summary>
    public static string IsOver(CoffeeRun run) =>
        run.Status == RunStatus.Completed ? RunnerTexts.CompleteAlready : RunnerTexts.WasCancelled;

    /// <summary>The view to open instead of a form.</summary>
    public static View ExplanationView(string text) =>
        new(View.Modal, [new SectionBlock(TextObject.Mrkdwn(text))])
        {
            Title = TextObject.Plain(RunnerTexts.CoffeeRun, 24),
            Close = TextObject.Plain(RunnerTexts.Close, 24),
        };

    private static ViewResponse Error(string input, string reason) =>
        new("errors", Errors: new Dictionary<string, string> { [input] = reason });

    private static View Form(CoffeeRun run, string callback, string title, string submit, params Block[] blocks) =>
        new(View.Modal, blocks)
        {
            CallbackId = callback,
            Title = TextObject.Plain(title, 24),
            Submit = TextObject.Plain(submit, 24),
            Close = TextObject.Plain(RunnerTexts.Cancel, 24),
            PrivateMetadata = run.RunId.ToString(),
        };
}
