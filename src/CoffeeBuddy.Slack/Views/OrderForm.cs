using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The content of the order form.</summary>
public sealed record OrderForm
{
    /// <summary>The most earlier drinks that are offered.</summary>
    public const int MaxLastDrinks = 3;

    public required Guid RunId { get; init; }
    public required string ChannelId { get; init; }
    public required string InitiatorUserId { get; init; }
    public required Menu Menu { get; init; }

    /// <summary>
    /// The drinks to offer: favourites, then the last ones. The form shows the first <see cref="MaxLastDrinks"/>.
    /// </summary>
    public IReadOnlyList<Drink> LastDrinks { get; init; } = [];

    /// <summary>
    /// The drink to fill in: the person's order in this run. Null: the first of <see cref="LastDrinks"/>.
    /// </summary>
    public Drink? Prefill { get; init; }

    public string? Note { get; init; }

    /// <summary>The name of the guest for whom the order is; null: for the person.</summary>
    public string? Guest { get; init; }

    /// <summary>Whether the order of somebody else can be filled in.</summary>
    public bool OffersSameAs { get; init; }

    /// <summary>Whether it was opened on the Home tab, which is to show the order then.</summary>
    public bool IsFromHome { get; init; }

    /// <summary>Shown above the inputs once, in mrkdwn; null: nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>
    /// Until then the person counts as a member of the channel, because the form was opened there; null: it was opened
    /// elsewhere. Nobody can change it: Slack signs what the app has put into a form.
    /// </summary>
    public DateTimeOffset? MemberUntil { get; init; }

    /// <summary>
    /// Is increased when an open form is rebuilt, and is part of the block ids: Slack keeps the old values of a block
    /// whose id stays the same.
    /// </summary>
    public int Revision { get; init; }
}
