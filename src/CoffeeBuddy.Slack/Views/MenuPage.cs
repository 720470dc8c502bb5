using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The menu of the workspace or of a channel as it applies now, with the buttons that change it.</summary>
public static class MenuPage
{
    /// <param name="own">What is stored for this place.</param>
    /// <param name="workspaceHasOwn">Whether the workspace has a menu of its own.</param>
    /// <param name="menu">The menu that applies here.</param>
    /// <param name="notice">Above it, in mrkdwn; null: nothing.</param>
    public static View Build(MenuPlace place, StoredMenu own, bool workspaceHasOwn, Menu menu, string? notice = null)
    {
        List<Block> blocks = [];
        if (notice is not null)
            blocks.Add(Text(notice));
        blocks.Add(
            new SectionBlock(
                TextObject.Mrkdwn($"*Menu of {place.Name}*\n{Origin(place, own, workspaceHasOwn)}"),
                Accessory: new ConversationsSelect(Actions.ChannelMenu, TextObject.Plain("Menu of a channel…", 150))
            )
            {
                // Slack keeps what is chosen in a block whose id stays the same.
                BlockId = $"place:{place.ChannelId}",
            }
        );
        if (menu.Shop is { } shop)
            blocks.Add(Text(MenuTexts.Shop(shop)));
        blocks.Add(Text(List("Drinks", menu.Drinks, menu.OfferedDrinks)));
        blocks.Add(Text(List("Sizes", menu.Sizes, menu.Sizes)));
        blocks.Add(Text(List("Customizations", menu.Customizations, menu.OfferedCustomizations)));
        blocks.Add(
            new ContextBlock(
                TextObject.Mrkdwn(
                    menu.AllowsFreeText
                        ? "People can also type a drink that is not on the menu."
                        : "People can order only what is on the menu."
                )
            )
        );
        List<Element> buttons =
        [
            new Button(Actions.EditMenu, TextObject.Plain("Edit…", 75), Style: Button.Primary),
            new Button(Actions.SoldOut, TextObject.Plain("Sold out today…", 75)),
            new Button(Actions.MenuText, TextObject.Plain("Export and import…", 75)),
        ];
        if (place.ChannelId is not null)
            buttons.Add(new Button(Actions.WorkspaceMenu, TextObject.Plain("Menu of the workspace", 75)));
        if (own.Document is not null)
            buttons.Add(
                new Button(
                    Actions.RemoveMenu,
                    TextObject.Plain("Remove this menu", 75),
                    Style: Button.Danger,
                    Confirm: ConfirmDialog.Ask(
                        "Remove this menu?",
                        "Export it first if you may need it again. Orders that are placed stay.",
                        "Remove",
                        "Keep it",
                        Button.Danger
                    )
                )
            );
        blocks.Add(new ActionsBlock(buttons));
        return new(View.Modal, blocks)
        {
            Title = TextObject.Plain("Menus", 24),
            Close = TextObject.Plain("Close", 24),
            PrivateMetadata = place.Write(),
        };
    }

    private static string Origin(MenuPlace place, StoredMenu own, bool workspaceHasOwn) =>
        (place.ChannelId is null, own.Document is null, workspaceHasOwn) switch
        {
            (true, true, _) => "The workspace has no menu of its own yet: this one is from the app's settings.",
            (true, false, _) => "It applies in all channels that have no menu of their own.",
            (false, false, _) => "This channel has a menu of its own.",
            (false, true, true) => "This channel has no menu of its own: that of the workspace applies.",
            (false, true, false) => "This channel has no menu of its own: the one from the app's settings applies.",
        };

    // What is sold out is struck out.
    private static string List(string title, IReadOnlyList<string> entries, IEnumerable<string> offered)
    {
        var left = offered.ToHashSet();
        var shown = entries
            .Select(entry =>
                left.Contains(entry) ? Mrkdwn.Escape(entry, 75) : $"~{Mrkdwn.Escape(entry, 75)}~ (sold out)"
            )
            .ToList();
        return $"*{title}*\n{(shown.Count == 0 ? "None" : LinePacker.Join(shown, ", ", 2900))}";
    }

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
