using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class RunnerReasonTests
{
    private static readonly ReasonParts Drawn = new(
        ReasonKind.Drawn,
        RunsMade: 1,
        WindowDays: 30,
        Candidates: 4,
        Others: 3,
        DrawnAmong: 3,
        Before: RunnerBefore.Declined
    );

    private static readonly IReadOnlyList<ReasonParts> All =
    [
        .. from kind in Enum.GetValues<ReasonKind>()
        from strategy in Enum.GetValues<FairnessStrategy>()
        from runsMade in new[] { 0, 1, 2 }
        from others in new[] { 1, 2 }
        select new ReasonParts(kind, strategy, runsMade, RunsTakenPart: 5, 30, Candidates: 4, others, DrawnAmong: 2),
        Drawn,
        Drawn with
        {
            EverybodyAbsent = true,
        },
        Drawn with
        {
            EverybodyAbsent = true,
            SomeOptedOut = true,
            Before = RunnerBefore.Unreachable,
        },
    ];

    [Fact]
    public void In_English_a_reason_is_what_is_stored_and_told_to_other_programs() =>
        Assert.All(All, reason => Assert.Equal(reason.InEnglish(), RunnerReason.InWords(reason)));

    [Fact]
    public void Every_language_has_its_own_words_for_a_reason() =>
        Assert.All(All, reason => Assert.Distinct(Languages.All.Select(language => InWords(language, reason))));

    [Theory]
    [InlineData(
        "de",
        "1 Runde in 30 Tagen, zusammen mit 3 weiteren Personen die wenigsten von 4, und unter 3 ausgelost; die zuvor ausgewählte Person kann nicht gehen"
    )]
    [InlineData(
        "fr",
        "1 tournée en 30 jours, le moins parmi 4 avec 3 autres personnes, et tirage au sort parmi 3; la personne choisie avant ne peut pas y aller"
    )]
    [InlineData(
        "es",
        "1 ronda en 30 días, el mínimo entre 4 junto con 3 personas más, y por sorteo entre 3; la persona elegida antes no puede ir"
    )]
    public void The_message_says_the_reason_in_the_language_of_the_reader(string language, string reason)
    {
        using var _ = Languages.Use(language);
        var run = Any.Assigned with { AssignmentReason = Drawn.InEnglish(), AssignmentReasonParts = Drawn };

        Assert.Contains($": {reason}.", RunMessages.Assignment(run, []).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_that_is_only_known_in_English_is_said_in_English()
    {
        using var _ = Languages.Use("de");

        Assert.EndsWith($"Grund: {Any.Assigned.AssignmentReason}.", RunMessages.Assignment(Any.Assigned, []).Text);
    }

    [Theory]
    [InlineData(ReckonedPerson.Declined, "kann nicht gehen")]
    [InlineData(ReckonedPerson.Unreachable, "kann von mir keine Direktnachrichten bekommen")]
    [InlineData(ReckonedPerson.Away, "abwesend")]
    [InlineData(ReckonedPerson.OptedOut, "möchte nicht gehen")]
    [InlineData("on holiday, says a newer worker", "on holiday, says a newer worker")]
    public void Why_a_person_was_no_candidate_is_said_in_the_language_of_the_reader(string stored, string german)
    {
        Assert.Equal(stored, RunnerReason.WhyNot(stored));
        using var _ = Languages.Use("de");

        Assert.Equal(german, RunnerReason.WhyNot(stored));
    }

    private static string InWords(string language, ReasonParts reason)
    {
        using var _ = Languages.Use(language);
        return RunnerReason.InWords(reason);
    }
}
