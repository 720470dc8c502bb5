using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What people are told about menus.</summary>
public static class MenuTexts
{
    /// <summary>Only admins change menus; in mrkdwn.</summary>
    public static string NotAllowed => MenuPageTexts.NotAllowed;

    /// <summary>Above the menu after a change; in mrkdwn.</summary>
    public static string Saved => MenuPageTexts.Saved;

    /// <summary>Somebody else has removed or changed the menu that was to be removed; in mrkdwn.</summary>
    public static string NotRemoved => MenuPageTexts.NotRemoved;

    /// <summary>A person is told why a drink was not ordered; plain text.</summary>
    public static string Refusal(MenuRefusal refusal)
    {
        var entry = Shorten.To(refusal.Entry, 100);
        return (refusal.IsSoldOut, refusal.Field) switch
        {
            (true, OrderField.Customizations) => MenuPageTexts.FormatSoldOutCustomization(entry),
            (true, _) => MenuPageTexts.FormatSoldOutDrink(entry),
            (_, OrderField.Size) => MenuPageTexts.FormatSizeNotOnMenu(entry),
            _ => MenuPageTexts.FormatNotOnMenu(entry),
        };
    }

    /// <summary>The same of an order that is not in a form; in mrkdwn.</summary>
    public static string NotOrdered(MenuRefusal refusal) =>
        MenuPageTexts.FormatNotOrdered(Mrkdwn.Escape(Refusal(refusal)));

    /// <summary>A shop, in mrkdwn.</summary>
    public static string Shop(Shop shop)
    {
        var name = Mrkdwn.Escape(shop.Name, MenuRules.MaxShopNameLength);
        return shop.Link is null ? $":round_pushpin: {name}" : $":round_pushpin: <{Address(shop.Link)}|{name}>";
    }

    /// <summary>Below a field of the menu.</summary>
    internal static string Fault(MenuFault fault)
    {
        var entry = Shorten.To(fault.Entry ?? "", 40);
        return fault.Kind switch
        {
            MenuFaultKind.Missing => MenuPageTexts.WriteOne,
            MenuFaultKind.TooMany => MenuPageTexts.FormatTooManyEntries(fault.Limit),
            MenuFaultKind.NotText => MenuPageTexts.FormatEntryNotText(entry),
            MenuFaultKind.NotHttps => MenuPageTexts.NotHttps,
            MenuFaultKind.NameMissing => MenuPageTexts.NameOfShopMissing,
            _ => MenuPageTexts.FormatEntryTooLong(entry, fault.Limit),
        };
    }

    /// <summary>
    /// Above a form whose menu somebody else has changed: what is stored now. The form keeps what was entered.
    /// </summary>
    /// <param name="now">What is stored now, as plain text.</param>
    internal static IEnumerable<Block> ChangedMeanwhile(string now) =>
        [
            new SectionBlock(TextObject.Mrkdwn(MenuPageTexts.FormatChangedMeanwhile(MenuPageTexts.Save))),
            .. MenuText
                .Parts(MenuText.Lines(now))
                .Where(part => part.Length > 0)
                .Select(part => new RichTextBlock(part)),
        ];

    // Only these have a meaning in a link of Slack's messages; others are refused when it is stored.
    private static string Address(string link) => link.Replace("&", "&amp;", StringComparison.Ordinal);
}
