using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Data.Users;

/// <summary>A row of user_preferences (p).</summary>
internal sealed class PreferenceRow
{
    public const string Columns =
        "p.preference_id, p.drink_type, p.size, p.customizations, p.order_count, p.last_ordered_at, p.pinned_at, p.name";

    public Guid PreferenceId { get; set; }
    public string DrinkType { get; set; } = "";
    public string Size { get; set; } = "";
    public string Customizations { get; set; } = "[]";
    public int OrderCount { get; set; }
    public DateTimeOffset LastOrderedAt { get; set; }
    public DateTimeOffset? PinnedAt { get; set; }
    public string? Name { get; set; }

    public Preference ToPreference() =>
        new(
            PreferenceId,
            new Drink(DrinkType, Size, CustomizationsJson.Read(Customizations)),
            OrderCount,
            LastOrderedAt,
            PinnedAt is not null,
            Name
        );
}
