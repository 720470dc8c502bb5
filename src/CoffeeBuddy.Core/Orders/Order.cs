namespace CoffeeBuddy.Core.Orders;

/// <summary>One person's order in one run, for the person or for a guest of theirs.</summary>
/// <param name="Note">A wish for this order only ("leave it at my desk"); not part of the preferences.</param>
/// <param name="CreatedAt">The time at which it was placed or last replaced.</param>
/// <param name="Guest">The name of the guest for whom it is; null: for the person.</param>
/// <param name="CollectedAt">When the person took it from the runner; null: not yet.</param>
public sealed record Order(
    Guid OrderId,
    Guid RunId,
    string UserId,
    Drink Drink,
    string? Note,
    DateTimeOffset CreatedAt,
    string? Guest = null,
    DateTimeOffset? CollectedAt = null
)
{
    /// <summary>Longest name of a guest in characters.</summary>
    public const int MaxGuestLength = 40;

    /// <summary>The most guests for whom one person can order in one run.</summary>
    public const int MaxGuests = 5;

    /// <summary>Longest note in characters.</summary>
    public const int MaxNoteLength = 200;
}
