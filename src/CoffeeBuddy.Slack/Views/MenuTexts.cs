using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What people are told about menus.</summary>
public static class MenuTexts
{
    /// <summary>Only admins change menus; in mrkdwn.</summary>
    public const string NotAllowed = "Only CoffeeBuddy's admins can see and change the menus. I have changed nothing.";

    /// <summary>Above the menu after a change; in mrkdwn.</summary>
    public const string Saved = ":white_check_mark: Saved. It counts for new orders; orders that are placed stay.";

    /// <summary>Somebody else has removed or changed the menu that was to be removed; in mrkdwn.</summary>
    public const string NotRemoved =
        ":warning: This menu was changed meanwhile, so I have not removed it. This is how it is now.";

    /// <summary>Above the form for what is sold out, after somebody else has changed it; in mrkdwn.</summary>
    internal const string SoldOutChanged =
        ":warning: *This was changed meanwhile, so yours is not saved yet.* Below is what is stored now together with what you have chosen.";

    /// <summary>A person is told why a drink was not ordered; plain text.</summary>
    public static string Refusal(MenuRefusal refusal)
    {
        var entry = Shorten.To(refusal.Entry, 100);
        return (refusal.IsSoldOut, refusal.Field) switch
        {
            (true, OrderField.Customizations) => $"\"{entry}\" is sold out today. Leave it out, or choose another.",
            (true, _) => $"\"{entry}\" is sold out today. Choose something else.",
            (_, OrderField.Size) => $"There is no size \"{entry}\" on the menu here. Choose one of the menu.",
            _ => $"\"{entry}\" is not on the menu here. Choose something that is.",
        };
    }

    /// <summary>The same of an order that is not in a form; in mrkdwn.</summary>
    public static string NotOrdered(MenuRefusal refusal) =>
        $":no_entry: {Mrkdwn.Escape(Refusal(refusal))} I have changed nothing.";

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
            MenuFaultKind.Missing => "Write at least one.",
            MenuFaultKind.TooMany => $"Write at most {fault.Limit}: the order form holds no more.",
            MenuFaultKind.NotText => $"\"{entry}\" has characters that cannot be shown.",
            MenuFaultKind.NotHttps => "Give an address that begins with https://.",
            MenuFaultKind.NameMissing => "Give the shop a name for its link.",
            _ => $"\"{entry}\" has more than {fault.Limit} characters.",
        };
    }

    /// <summary>
    /// Above a form whose menu somebody else has changed: what is stored now. The form keeps what was entered.
    /// </summary>
    /// <param name="now">What is stored now, as plain text.</param>
    internal static IEnumerable<Block> ChangedMeanwhile(string now) =>
        [
            new SectionBlock(
                TextObject.Mrkdwn(
                    ":warning: *This was changed meanwhile, so yours is not saved yet.* Below is first what is stored now, then what you have entered. \"Save\" stores what you have entered."
                )
            ),
            .. MenuText
                .Parts(MenuText.Lines(now))
                .Where(part => part.Length > 0)
                .Select(part => new RichTextBlock(part)),
        ];

    // Only these have a meaning in a link of Slack's messages; others are refused when it is stored.
    private static string Address(string link) => link.Replace("&", "&amp;", StringComparison.Ordinal);
}
