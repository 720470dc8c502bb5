using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;

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
    public static SectionBlock Away(HomePerson person)
    {
        var end = person.AwayUntil is { } until ? $" until {Mrkdwn.Time(until)}" : "";
        return new(
            TextObject.Mrkdwn(
                person.Away
                    ? $":palm_tree: You are *away*{end}: you can order, but I will not choose you to go."
                    : ":coffee: You are *here*: when you order, I may choose you to go."
            ),
            Accessory: new Button(
                Actions.ToggleAway,
                TextObject.Plain(person.Away ? "I am back" : "I am away", 75),
                person.Away ? Actions.Back : Actions.Away
            )
        );
    }

    /// <summary>The person's next duty, their numbers, and their settings.</summary>
    public static IEnumerable<Block> About(HomePerson person)
    {
        yield return Text("*Your turn*");
        foreach (var duty in person.Duties.Take(MaxDuties))
            yield return Text(Line(duty));
        if (person.Duties.Count == 0)
            yield return Text("Nobody waits for you: you go for no run at present.");
        yield return Text(Numbers(person));
        yield return new SectionBlock(
            TextObject.Mrkdwn($"*Your settings*\n{Settings(person.Settings)}"),
            Accessory: new Button(Actions.Settings, TextObject.Plain("Settings…", 75))
        );
        if (person.ChangesMenus)
            yield return new SectionBlock(
                TextObject.Mrkdwn(
                    "*Menus*\nWhat people can order in the workspace and in its channels, as you are an admin."
                ),
                Accessory: new Button(Actions.OpenMenu, TextObject.Plain("Menus…", 75))
            );
        if (person.MaySeeStatistics)
            yield return StatisticsView.AtHome();
    }

    private static string Line(Duty duty)
    {
        var channel = Mrkdwn.Channel(duty.Run.ChannelId);
        return duty.Why is null
            ? $":walking: *You go* for the run in {channel}: my direct message has the list."
            : $":hourglass_flowing_sand: Your turn is likely next: if I chose now, you would go for the run in {channel} ({Mrkdwn.Escape(duty.Why, 500)}).";
    }

    private static string Numbers(HomePerson person)
    {
        var (took, made) = (person.Numbers?.RunsTakenPart ?? 0, person.Numbers?.RunsMade ?? 0);
        var numbers =
            $"In the last {RunMessages.Count(person.WindowDays, "day")} you took part in {RunMessages.Count(took, "run")} and went for {made}.";
        if (!person.Settings.OptedOut)
            return numbers;
        return took < person.RunsBeforeNextTurn
            ? $":no_pedestrians: *You are not chosen*, because you do not want to go. {numbers} From {RunMessages.Count(person.RunsBeforeNextTurn, "run")} on I choose you again, as fairly as the others."
            : $":walking: You do not want to go, but *it is your turn again*: I choose you as fairly as the others until you have gone. {numbers}";
    }

    private static string Settings(PersonSettings settings)
    {
        var after = settings.ReminderMinutes is { } minutes ? $" after {RunMessages.Count(minutes, "minute")}" : "";
        List<string> parts =
        [
            $"Reminder{after} {(settings.ReminderInThread ? "in the run's thread" : "by direct message")}",
        ];
        if (settings.QuietHours is { } quiet)
            parts.Add($"none from {quiet.From:HH\\:mm} until {quiet.To:HH\\:mm}");
        if (settings.AwayInDoNotDisturb)
            parts.Add("away while Slack pauses your notifications");
        return string.Join(", ", parts) + ".";
    }

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
