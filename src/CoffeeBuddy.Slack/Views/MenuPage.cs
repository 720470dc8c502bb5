using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

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
                TextObject.Mrkdwn($"*{Title(place)}*\n{Origin(place, own, workspaceHasOwn)}"),
                Accessory: new ConversationsSelect(
                    Actions.ChannelMenu,
                    TextObject.Plain(MenuPageTexts.MenuOfOtherChannel, 150)
                )
            )
            {
                // Slack keeps what is chosen in a block whose id stays the same.
                BlockId = $"place:{place.ChannelId}",
            }
        );
        if (menu.Shop is { } shop)
            blocks.Add(Text(MenuTexts.Shop(shop)));
        blocks.Add(Text(List(MenuPageTexts.Drinks, menu.Drinks, menu.OfferedDrinks)));
        blocks.Add(Text(List(MenuPageTexts.Sizes, menu.Sizes, menu.Sizes)));
        blocks.Add(Text(List(MenuPageTexts.Customizations, menu.Customizations, menu.OfferedCustomizations)));
        blocks.Add(
            new ContextBlock(
                TextObject.Mrkdwn(menu.AllowsFreeText ? MenuPageTexts.OnlyMenuAndFreeText : MenuPageTexts.OnlyMenu)
            )
        );
        List<Element> buttons =
        [
            new Button(Actions.EditMenu, TextObject.Plain(MenuPageTexts.Edit, 75), Style: Button.Primary),
            new Button(Actions.SoldOut, TextObject.Plain(MenuPageTexts.SoldOutToday, 75)),
            new Button(Actions.MenuText, TextObject.Plain(MenuPageTexts.ExportAndImport, 75)),
        ];
        if (place.ChannelId is not null)
            buttons.Add(new Button(Actions.WorkspaceMenu, TextObject.Plain(MenuPageTexts.MenuOfWorkspace, 75)));
        if (own.Document is not null)
            buttons.Add(
                new Button(
                    Actions.RemoveMenu,
                    TextObject.Plain(MenuPageTexts.Remove, 75),
                    Style: Button.Danger,
                    Confirm: ConfirmDialog.Ask(
                        MenuPageTexts.RemoveQuestion,
                        MenuPageTexts.RemoveExplanation,
                        MenuPageTexts.RemoveConfirm,
                        MenuPageTexts.RemoveDeny,
                        Button.Danger
                    )
                )
            );
        blocks.Add(new ActionsBlock(buttons));
        return new(View.Modal, blocks)
        {
            Title = TextObject.Plain(MenuPageTexts.Menus, 24),
            Close = TextObject.Plain(MenuPageTexts.Close, 24),
            PrivateMetadata = place.Write(),
        };
    }

    private static string Title(MenuPlace place) =>
        place.ChannelId is null
            ? MenuPageTexts.MenuOfWorkspace
            : MenuPageTexts.FormatMenuOfChannel(Mrkdwn.Channel(place.ChannelId));

    private static string Origin(MenuPlace place, StoredMenu own, bool workspaceHasOwn) =>
        (place.ChannelId is null, own.Document is null, workspaceHasOwn) switch
        {
            (true, true, _) => MenuPageTexts.WorkspaceFromSettings,
            (true, false, _) => MenuPageTexts.WorkspaceHasOwn,
            (false, false, _) => MenuPageTexts.ChannelHasOwn,
            (false, true, true) => MenuPageTexts.ChannelFromWorkspace,
            (false, true, false) => MenuPageTexts.ChannelFromSettings,
        };

    // What is sold out is struck out.
    private static string List(string title, IReadOnlyList<string> entries, IEnumerable<string> offered)
    {
        var left = offered.ToHashSet();
        var shown = entries
            .Select(entry =>
                left.Contains(entry)
                    ? Mrkdwn.Escape(entry, 75)
                    : MenuPageTexts.FormatSoldOut($"~{Mrkdwn.Escape(entry, 75)}~")
            )
            .ToList();
        return $"*{title}*\n{(shown.Count == 0 ? MenuPageTexts.None : LinePacker.Join(shown, ", ", 2900))}";
    }

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
