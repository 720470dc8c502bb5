using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>A run that the person goes for, or would go for if the runner were chosen now.</summary>
/// <param name="Why">Null: the person goes. Otherwise the reason of the choice as it would be now.</param>
public sealed record Duty(CoffeeRun Run, string? Why);

/// <summary>What App Home says about the person.</summary>
public sealed record HomePerson
{
    public bool Away { get; init; }

    /// <summary>When the absence ends; null: when the person says so.</summary>
    public DateTimeOffset? AwayUntil { get; init; }

    public PersonSettings Settings { get; init; } = new();

    /// <summary>The numbers of fairness; null: the person has not taken part yet.</summary>
    public Candidate? Numbers { get; init; }

    /// <summary>The days in which runs count.</summary>
    public int WindowDays { get; init; } = 30;

    /// <summary>See <see cref="AssignmentRules.RunsBeforeNextTurn"/>.</summary>
    public int RunsBeforeNextTurn { get; init; }

    /// <summary>Whether the person may change menus.</summary>
    public bool ChangesMenus { get; init; }

    public IReadOnlyList<Duty> Duties { get; init; } = [];

    /// <summary>Whether the person may see the statistics of the workspace.</summary>
    public bool MaySeeStatistics { get; init; }
}

internal static class HomePersonBlocks
{
    private const int MaxDuties = 5;

    /// <summary>Whether the person is away, with the button that changes it.</summary>
    public static SectionBlock Away(HomePerson person) =>
        new(
            TextObject.Mrkdwn(
                person switch
                {
                    { Away: false } => HomeTexts.Here,
                    { AwayUntil: { } until } => HomeTexts.FormatIsAwayUntil(Mrkdwn.Time(until)),
                    _ => HomeTexts.IsAway,
                }
            ),
            Accessory: new Button(
                Actions.ToggleAway,
                TextObject.Plain(person.Away ? HomeTexts.IAmBack : HomeTexts.IAmAway, 75),
                person.Away ? Actions.Back : Actions.Away
            )
        );

    /// <summary>The person's next duty, their numbers, and their settings.</summary>
    public static IEnumerable<Block> About(HomePerson person)
    {
        yield return Text($"*{HomeTexts.YourTurn}*");
        foreach (var duty in person.Duties.Take(MaxDuties))
            yield return Text(Line(duty));
        if (person.Duties.Count == 0)
            yield return Text(HomeTexts.NoDuty);
        yield return Text(Numbers(person));
        yield return new SectionBlock(
            TextObject.Mrkdwn($"*{HomeTexts.YourSettings}*\n{Settings(person.Settings)}"),
            Accessory: new Button(Actions.Settings, TextObject.Plain(HomeTexts.Settings, 75))
        );
        if (person.ChangesMenus)
            yield return new SectionBlock(
                TextObject.Mrkdwn($"*{HomeTexts.Menus}*\n{HomeTexts.MenusExplanation}"),
                Accessory: new Button(Actions.OpenMenu, TextObject.Plain(HomeTexts.OpenMenus, 75))
            );
        if (person.MaySeeStatistics)
            yield return StatisticsView.AtHome();
    }

    private static string Line(Duty duty)
    {
        var channel = Mrkdwn.Channel(duty.Run.ChannelId);
        return duty.Why is null
            ? HomeTexts.FormatYouGo(channel)
            : HomeTexts.FormatLikelyNext(channel, Mrkdwn.Escape(duty.Why, 500));
    }

    private static string Numbers(HomePerson person)
    {
        var (took, made) = (person.Numbers?.RunsTakenPart ?? 0, person.Numbers?.RunsMade ?? 0);
        var numbers = HomeTexts.FormatNumbers(
            Counts.Plural(person.WindowDays, HomeTexts.InLastDay, HomeTexts.InLastDays),
            Counts.Runs(took),
            made
        );
        if (!person.Settings.OptedOut)
            return numbers;
        return took < person.RunsBeforeNextTurn
            ? HomeTexts.FormatNotChosen(numbers, Counts.Runs(person.RunsBeforeNextTurn))
            : HomeTexts.FormatTurnAgain(numbers);
    }

    private static string Settings(PersonSettings settings)
    {
        List<string> parts =
        [
            (settings.ReminderMinutes, settings.ReminderInThread) switch
            {
                (null, true) => HomeTexts.ReminderInThread,
                (null, false) => HomeTexts.ReminderDirectly,
                ({ } minutes, true) => HomeTexts.FormatReminderInThreadAfter(Counts.Minutes(minutes)),
                ({ } minutes, false) => HomeTexts.FormatReminderDirectlyAfter(Counts.Minutes(minutes)),
            },
        ];
        if (settings.QuietHours is { } quiet)
            parts.Add(HomeTexts.FormatQuietHours($"{quiet.From:HH\\:mm}", $"{quiet.To:HH\\:mm}"));
        if (settings.AwayInDoNotDisturb)
            parts.Add(HomeTexts.AwayInDoNotDisturb);
        return string.Join(", ", parts) + ".";
    }

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
