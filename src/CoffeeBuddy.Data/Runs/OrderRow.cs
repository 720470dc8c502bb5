using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of orders or of all_orders (o).</summary>
internal sealed class OrderRow
{
    public const string Columns =
        "o.order_id, o.run_id, o.user_id, o.drink_type, o.size, o.customizations, o.note, o.created_at";

    /// <summary>The columns of all_orders.</summary>
    public const string AllColumns = $"{Columns}, o.guest_name, o.collected_at";

    public Guid OrderId { get; set; }
    public Guid RunId { get; set; }
    public string UserId { get; set; } = "";
    public string DrinkType { get; set; } = "";
    public string Size { get; set; } = "";
    public string Customizations { get; set; } = "[]";
    public string? Note { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public string? GuestName { get; set; }
    public DateTimeOffset? CollectedAt { get; set; }

    public Order ToOrder() =>
        new(
            OrderId,
            RunId,
            UserId,
            new Drink(DrinkType, Size, CustomizationsJson.Read(Customizations)),
            Note,
            CreatedAt,
            GuestName,
            CollectedAt
        );
}
