using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>
/// A menu as text: to copy, and to replace by one from elsewhere. One of Slack's fields holds 3000 characters, so a long
/// menu has several.
/// </summary>
public static class MenuTextForm
{
    private const string TextInput = "text";

    /// <summary>The longest menu has less than 12,000 characters.</summary>
    private const int Fields = 4;

    /// <param name="text">See <see cref="MenuText"/>.</param>
    /// <param name="now">What somebody else has stored meanwhile; null: nobody has.</param>
    public static View Build(MenuPlace place, string text, StoredMenu? now = null)
    {
        var parts = MenuText.Parts(MenuText.Lines(text));
        List<Block> blocks =
        [
            .. now is null ? [] : MenuTexts.ChangedMeanwhile(now.Document is null ? "" : MenuText.Write(now.Document)),
            new ContextBlock(
                TextObject.Mrkdwn($"{place.For} {MenuPageTexts.FormatTextExplanation(MenuPageTexts.Save)}")
            ),
            .. Enumerable
                .Range(0, Fields)
                .Select(index =>
                    MenuPlace.Input(
                        Block(index),
                        index == 0 ? MenuPageTexts.Menu : MenuPageTexts.FormatPart(index + 1),
                        new PlainTextInput(
                            TextInput,
                            MenuText.PartLength,
                            parts.ElementAtOrDefault(index) is { Length: > 0 } part ? part : null,
                            Multiline: true
                        ),
                        optional: index > 0,
                        hint: index == 1 ? MenuPageTexts.MoreRoom : null
                    )
                ),
        ];
        return place.Form(Actions.MenuText, MenuPageTexts.ExportAndImportTitle, blocks);
    }

    /// <summary>The text of all fields.</summary>
    public static string Read(Interaction interaction) =>
        string.Join(
            '\n',
            Enumerable.Range(0, Fields).Select(index => interaction.View?.Value(Block(index), TextInput)?.Value)
        );

    /// <summary>A line belongs to no part of a menu.</summary>
    public static ViewResponse WrongLine(string line) => Error(MenuPageTexts.FormatWrongLine(Shorten.To(line, 60)));

    public static ViewResponse Errors(IEnumerable<MenuFault> faults) =>
        Error(
            string.Join(
                ' ',
                faults
                    .Take(3)
                    .Select(fault =>
                        MenuPageTexts.FormatFaultOfPart(MenuText.HeadingOf(fault.Field), MenuTexts.Fault(fault))
                    )
            )
        );

    private static ViewResponse Error(string text) =>
        new("errors", Errors: new Dictionary<string, string> { [Block(0)] = text });

    private static string Block(int index) => $"{TextInput}:{index}";
}
