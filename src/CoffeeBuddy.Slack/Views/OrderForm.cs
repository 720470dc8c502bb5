using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What the order form shows.</summary>
public sealed record OrderForm
{
    /// <summary>Most drinks of before that are offered.</summary>
    public const int MaxLastDrinks = 3;

    public required Guid RunId { get; init; }
    public required string ChannelId { get; init; }
    public required string InitiatorUserId { get; init; }
    public required Menu Menu { get; init; }

    /// <summary>The person's last drinks, the latest first; the first <see cref="MaxLastDrinks"/> count.</summary>
    public IReadOnlyList<Drink> LastDrinks { get; init; } = [];

    /// <summary>What is filled in: the person's order in this run if there is one; null: the latest of <see cref="LastDrinks"/>.</summary>
    public Drink? Prefill { get; init; }

    public string? Note { get; init; }

    /// <summary>Grows with each rebuild of an open form: Slack keeps what was filled in unless the block ids change.</summary>
    public int Revision { get; init; }
}

/// <summary>What somebody submitted; not validated yet.</summary>
/// <param name="Size">Null where none was chosen, which Slack prevents.</param>
public sealed record OrderSubmission(
    Guid RunId,
    string ChannelId,
    string? DrinkType,
    string? Size,
    IReadOnlyList<string> Customizations,
    string? Note,
    int Revision
);
