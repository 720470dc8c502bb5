using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

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
            "I can't go",
            "I can't go",
            new SectionBlock(
                TextObject.Mrkdwn(
                    $"The next fairest of those who ordered in {Mrkdwn.Channel(run.ChannelId)} is asked to go at once. You are not chosen again for this run."
                )
            ),
            new InputBlock(
                TextObject.Plain("Why not?", 2000),
                new PlainTextInput(ReasonInput, Decline.MaxReasonLength),
                Optional: true,
                Hint: TextObject.Plain("Everybody in the run's thread sees it.", 2000)
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
            "Ask somebody to go",
            "Ask",
            new SectionBlock(
                TextObject.Mrkdwn(
                    run.RunnerUserId is null
                        ? "I ask the person by direct message. They go when they say yes."
                        : "I ask the person by direct message. You remain the runner until they say yes."
                )
            ),
            new InputBlock(
                TextObject.Plain("Who?", 2000),
                new UsersSelect(PersonInput, TextObject.Plain("Choose a person", 150)),
                Hint: TextObject.Plain("Somebody in the run's channel.", 2000)
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

    public static ViewResponse ReasonError(string reason) => Error(ReasonInput, reason);

    public static ViewResponse PersonError(string reason) => Error(PersonInput, reason);

    /// <summary>Replaces the form with an explanation.</summary>
    public static ViewResponse Explanation(string text) => new("update", View: ExplanationView(text));

    /// <summary>The view to open instead of a form.</summary>
    public static View ExplanationView(string text) =>
        new(View.Modal, [new SectionBlock(TextObject.Mrkdwn(text))])
        {
            Title = TextObject.Plain("Coffee run", 24),
            Close = TextObject.Plain("Close", 24),
        };

    private static ViewResponse Error(string input, string reason) =>
        new("errors", Errors: new Dictionary<string, string> { [input] = reason });

    private static View Form(CoffeeRun run, string callback, string title, string submit, params Block[] blocks) =>
        new(View.Modal, blocks)
        {
            CallbackId = callback,
            Title = TextObject.Plain(title, 24),
            Submit = TextObject.Plain(submit, 24),
            Close = TextObject.Plain("Cancel", 24),
            PrivateMetadata = run.RunId.ToString(),
        };
}
