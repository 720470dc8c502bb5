using System.Globalization;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The form for a person's settings.</summary>
public static class SettingsForm
{
    private const string DelayInput = "reminder_minutes";
    private const string PlaceInput = "reminder_place";
    private const string FromInput = "quiet_from";
    private const string ToInput = "quiet_to";
    private const string ChoosingInput = "choosing";
    private const string LanguageInput = "language";

    private const string AsForAll = "default";
    private const string Direct = "direct";
    private const string Thread = "thread";
    private const string None = "none";
    private const string DoNotDisturb = "dnd";
    private const string OptOut = "opt_out";
    private const string AsInSlack = "slack";

    private static readonly Dictionary<string, string> LanguageNames = new()
    {
        [Languages.English] = "English",
        ["de"] = "Deutsch",
        ["fr"] = "Français",
        ["es"] = "Español",
    };

    private static Choice[] Delays =>
        [
            Choose(SettingsTexts.AsForEverybody, AsForAll),
            .. Enumerable
                .Range(1, PersonSettings.MaxReminderMinutes)
                .Select(minutes => Choose(Counts.Minutes(minutes), Number(minutes))),
        ];

    private static Choice[] Places =>
        [Choose(SettingsTexts.DirectMessage, Direct), Choose(SettingsTexts.Thread, Thread)];

    private static Choice[] Times =>
        [
            Choose(SettingsTexts.None, None),
            .. Enumerable
                .Range(0, 48)
                .Select(half => new TimeOnly(half / 2, half % 2 * 30))
                .Select(Text)
                .Select(time => Choose(time, time)),
        ];

    private static Choice[] LanguageChoices =>
        [
            Choose(SettingsTexts.AsInSlack, AsInSlack),
            .. Languages.All.Select(language => Choose(LanguageNames[language], language)),
        ];

    /// <param name="zone">The name of the person's time zone.</param>
    /// <param name="optOutRuns">See <see cref="Core.CoffeeOptions.OptOutRuns"/>.</param>
    public static View Build(PersonSettings settings, string zone, int optOutRuns, int windowDays)
    {
        Choice[] choosing =
        [
            Choose(SettingsTexts.AwayInDoNotDisturb, DoNotDisturb),
            Choose(SettingsTexts.OptOut, OptOut),
        ];
        Choice[] chosen =
        [
            .. settings.AwayInDoNotDisturb ? [choosing[0]] : Array.Empty<Choice>(),
            .. settings.OptedOut ? [choosing[1]] : Array.Empty<Choice>(),
        ];
        var (delays, places, times, languages) = (Delays, Places, Times, LanguageChoices);
        var delay = settings.ReminderMinutes is { } minutes ? Number(minutes) : AsForAll;
        var (from, to) = settings.QuietHours is { } quiet ? (Text(quiet.From), Text(quiet.To)) : (None, None);
        return new(
            View.Modal,
            [
                Input(
                    DelayInput,
                    SettingsTexts.Delay,
                    new StaticSelect(DelayInput, delays, Find(delays, delay)),
                    SettingsTexts.DelayHint
                ),
                Input(
                    PlaceInput,
                    SettingsTexts.Place,
                    new RadioButtons(PlaceInput, places, places[settings.ReminderInThread ? 1 : 0])
                ),
                Input(
                    FromInput,
                    SettingsTexts.QuietFrom,
                    new StaticSelect(FromInput, times, Find(times, from)),
                    SettingsTexts.FormatQuietHint(Shorten.To(zone, 100))
                ),
                Input(ToInput, SettingsTexts.QuietTo, new StaticSelect(ToInput, times, Find(times, to))),
                Input(
                    ChoosingInput,
                    SettingsTexts.Choosing,
                    new Checkboxes(ChoosingInput, choosing, chosen.Length > 0 ? chosen : null),
                    SettingsTexts.FormatChoosingHint(Counts.Runs(optOutRuns), Counts.Days(windowDays)),
                    optional: true
                ),
                Input(
                    LanguageInput,
                    SettingsTexts.Language,
                    new StaticSelect(LanguageInput, languages, Find(languages, settings.Language ?? AsInSlack)),
                    SettingsTexts.LanguageHint
                ),
            ]
        )
        {
            CallbackId = Actions.SettingsCallback,
            Title = TextObject.Plain(SettingsTexts.Title, 24),
            Submit = TextObject.Plain(SettingsTexts.Save, 24),
            Close = TextObject.Plain(SettingsTexts.Cancel, 24),
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
        // A form that an older worker has opened does not ask for the language.
        var language = Selected(LanguageInput) ?? AsInSlack;
        if (
            !Has(Delays, delay)
            || !Has(Places, place)
            || !Has(Times, from)
            || !Has(Times, to)
            || !Has(LanguageChoices, language)
        )
            return (null, null);
        if (from == None != (to == None))
            return (null, Error(from == None ? FromInput : ToInput, SettingsTexts.ChooseBothTimes));
        if (from != None && from == to)
            return (null, Error(ToInput, SettingsTexts.ChooseAnotherTime));
        var checkedBoxes = (view?.Value(ChoosingInput, ChoosingInput)?.SelectedOptions ?? [])
            .Select(box => box.Value)
            .ToList();
        return (
            new(
                delay == AsForAll ? null : int.Parse(delay!, CultureInfo.InvariantCulture),
                place == Thread,
                from == None ? null : new(Time(from!), Time(to!)),
                checkedBoxes.Contains(DoNotDisturb),
                checkedBoxes.Contains(OptOut),
                language == AsInSlack ? null : language
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
