using System.Globalization;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The form for a person's settings.</summary>
public static class SettingsForm
{
    private const string DelayInput = "reminder_minutes";
    private const string PlaceInput = "reminder_place";
    private const string FromInput = "quiet_from";
    private const string ToInput = "quiet_to";
    private const string ChoosingInput = "choosing";

    private const string AsForAll = "default";
    private const string Direct = "direct";
    private const string Thread = "thread";
    private const string None = "none";
    private const string DoNotDisturb = "dnd";
    private const string OptOut = "opt_out";

    private static readonly Choice[] Delays =
    [
        Choose("As for everybody", AsForAll),
        .. Enumerable
            .Range(1, PersonSettings.MaxReminderMinutes)
            .Select(minutes => Choose(RunMessages.Count(minutes, "minute"), Number(minutes))),
    ];

    private static readonly Choice[] Places =
    [
        Choose("By direct message", Direct),
        Choose("In the run's thread, where everybody sees it", Thread),
    ];

    private static readonly Choice[] Times =
    [
        Choose("None", None),
        .. Enumerable
            .Range(0, 48)
            .Select(half => new TimeOnly(half / 2, half % 2 * 30))
            .Select(Text)
            .Select(time => Choose(time, time)),
    ];

    /// <param name="zone">The name of the person's time zone.</param>
    /// <param name="optOutRuns">See <see cref="Core.CoffeeOptions.OptOutRuns"/>.</param>
    public static View Build(PersonSettings settings, string zone, int optOutRuns, int windowDays)
    {
        Choice[] choosing =
        [
            Choose("I am away while Slack pauses my notifications", DoNotDisturb),
            Choose("I do not want to go", OptOut),
        ];
        Choice[] chosen =
        [
            .. settings.AwayInDoNotDisturb ? [choosing[0]] : Array.Empty<Choice>(),
            .. settings.OptedOut ? [choosing[1]] : Array.Empty<Choice>(),
        ];
        var delay = settings.ReminderMinutes is { } minutes ? Number(minutes) : AsForAll;
        var (from, to) = settings.QuietHours is { } quiet ? (Text(quiet.From), Text(quiet.To)) : (None, None);
        return new(
            View.Modal,
            [
                Input(
                    DelayInput,
                    "Remind me, when I go, after",
                    new StaticSelect(DelayInput, Delays, Find(Delays, delay)),
                    "Counted from the choice of the runner, at most five minutes."
                ),
                Input(
                    PlaceInput,
                    "Where?",
                    new RadioButtons(PlaceInput, Places, Places[settings.ReminderInThread ? 1 : 0])
                ),
                Input(
                    FromInput,
                    "No reminders from",
                    new StaticSelect(FromInput, Times, Find(Times, from)),
                    $"In your time zone, {Shorten.To(zone, 100)}. A reminder within these hours comes when they end."
                ),
                Input(ToInput, "until", new StaticSelect(ToInput, Times, Find(Times, to))),
                Input(
                    ChoosingInput,
                    "When I choose who goes",
                    new Checkboxes(ChoosingInput, choosing, chosen.Length > 0 ? chosen : null),
                    $"If you do not want to go, I choose you only once for every {RunMessages.Count(optOutRuns, "run")} that you take part in within {RunMessages.Count(windowDays, "day")}, or when nobody else can go.",
                    optional: true
                ),
            ]
        )
        {
            CallbackId = Actions.SettingsCallback,
            Title = TextObject.Plain("Settings", 24),
            Submit = TextObject.Plain("Save", 24),
            Close = TextObject.Plain("Cancel", 24),
        };
    }

    /// <summary>Reads a submission.</summary>
    /// <returns>What was chosen, or what is wrong with it; both null: the submission does not belong to this
    /// form.</returns>
    public static (PersonSettings? Settings, ViewResponse? Error) Read(Interaction interaction)
    {
        var view = interaction.View;
        string? Selected(string input) => view?.Value(input, input)?.SelectedOption?.Value;
        var (delay, place, from, to) = (
            Selected(DelayInput),
            Selected(PlaceInput),
            Selected(FromInput),
            Selected(ToInput)
        );
        if (!Has(Delays, delay) || !Has(Places, place) || !Has(Times, from) || !Has(Times, to))
            return (null, null);
        if (from == None != (to == None))
            return (null, Error(from == None ? FromInput : ToInput, "Choose both times, or none."));
        if (from != None && from == to)
            return (null, Error(ToInput, "Choose another time than the first."));
        var checkedBoxes = (view?.Value(ChoosingInput, ChoosingInput)?.SelectedOptions ?? [])
            .Select(box => box.Value)
            .ToList();
        return (
            new(
                delay == AsForAll ? null : int.Parse(delay!, CultureInfo.InvariantCulture),
                place == Thread,
                from == None ? null : new(Time(from!), Time(to!)),
                checkedBoxes.Contains(DoNotDisturb),
                checkedBoxes.Contains(OptOut)
            ),
            null
        );
    }

    private static ViewResponse Error(string input, string reason) =>
        new("errors", Errors: new Dictionary<string, string> { [input] = reason });

    private static InputBlock Input(
        string id,
        string label,
        Element element,
        string? hint = null,
        bool optional = false
    ) =>
        new(TextObject.Plain(label, 2000), element, optional, hint is null ? null : TextObject.Plain(hint, 2000))
        {
            BlockId = id,
        };

    private static Choice Choose(string text, string value) => new(TextObject.Plain(text, 75), value);

    private static bool Has(Choice[] choices, string? value) => choices.Any(choice => choice.Value == value);

    // A time that the form does not offer was stored in another way: the person chooses again.
    private static Choice Find(Choice[] choices, string value) =>
        choices.FirstOrDefault(choice => choice.Value == value) ?? choices[0];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
