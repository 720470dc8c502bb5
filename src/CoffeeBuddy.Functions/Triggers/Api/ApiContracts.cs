using System.Text.Json.Serialization;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Users;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <param name="UserId">The initiator; required from services, optional for people.</param>
public sealed record CreateRunRequest(string? WorkspaceId, string? ChannelId, string? UserId);

/// <param name="UserId">The person who orders; required from services, optional for people.</param>
public sealed record AddOrderRequest(
    string? DrinkType,
    string? Size,
    IReadOnlyList<string>? Customizations,
    string? Note,
    string? UserId
);

/// <param name="UserId">The person for whom a service completes or cancels the run.</param>
public sealed record CloseRunRequest(string? UserId);

public sealed record OrderResource(
    Guid OrderId,
    string UserId,
    string DrinkType,
    string Size,
    IReadOnlyList<string> Customizations,
    string? Note,
    DateTimeOffset CreatedAt,
    string? GuestName
)
{
    public static OrderResource From(Order order) =>
        new(
            order.OrderId,
            order.UserId,
            order.Drink.DrinkType,
            order.Drink.Size,
            order.Drink.Customizations,
            order.Note,
            order.CreatedAt,
            order.Guest
        );
}

/// <param name="OrderCount">The number of all orders, also of those that the caller may not see.</param>
/// <param name="Orders">The orders that the caller may see; absent in lists.</param>
public sealed record RunResource(
    Guid RunId,
    string WorkspaceId,
    string ChannelId,
    string InitiatorUserId,
    string? RunnerUserId,
    RunStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FirstOrderAt,
    DateTimeOffset? DeadlineAt,
    DateTimeOffset? AssignedAt,
    string? AssignmentReason,
    DateTimeOffset? LeftAt,
    DateTimeOffset? BackAt,
    DateTimeOffset? ReminderSentAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? CancelledAt,
    int? OrderCount,
    IReadOnlyList<OrderResource>? Orders
)
{
    public static RunResource From(CoffeeRun run, int? orderCount = null, IEnumerable<Order>? orders = null) =>
        new(
            run.RunId,
            run.WorkspaceId,
            run.ChannelId,
            run.InitiatorUserId,
            run.RunnerUserId,
            run.Status,
            run.CreatedAt,
            run.FirstOrderAt,
            run.DeadlineAt,
            run.AssignedAt,
            run.AssignmentReason,
            run.LeftAt,
            run.BackAt,
            run.ReminderSentAt,
            run.CompletedAt,
            run.CancelledAt,
            orderCount,
            orders is null ? null : [.. orders.Select(OrderResource.From)]
        );
}

public sealed record RunList(IReadOnlyList<RunResource> Runs);

public sealed record PreferenceResource(
    string DrinkType,
    string Size,
    IReadOnlyList<string> Customizations,
    int OrderCount,
    DateTimeOffset LastOrderedAt
)
{
    public static PreferenceResource From(Preference preference) =>
        new(
            preference.Drink.DrinkType,
            preference.Drink.Size,
            preference.Drink.Customizations,
            preference.OrderCount,
            preference.LastOrderedAt
        );
}

public sealed record PreferenceList(string UserId, IReadOnlyList<PreferenceResource> Preferences);

/// <summary>
/// The JSON of the API: snake_case as in the database, statuses in lower case, null members left out.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = 8,
    Converters = [typeof(LowerCaseStatus)]
)]
[JsonSerializable(typeof(CreateRunRequest))]
[JsonSerializable(typeof(AddOrderRequest))]
[JsonSerializable(typeof(CloseRunRequest))]
[JsonSerializable(typeof(RunResource))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(OrderResource))]
[JsonSerializable(typeof(PreferenceList))]
public sealed partial class ApiJson : JsonSerializerContext;

/// <summary>Writes "active", "completed" or "cancelled".</summary>
public sealed class LowerCaseStatus()
    : JsonStringEnumConverter<RunStatus>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
