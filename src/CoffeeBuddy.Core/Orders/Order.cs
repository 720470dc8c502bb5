namespace CoffeeBuddy.Core.Orders;

/// <summary>One person's order in one run.</summary>
/// <param name="Note">A wish for this order only ("leave it at my desk"); not part of the preferences.</param>
/// <param name="CreatedAt">The time at which it was placed or last replaced.</param>
public sealed record Order(Guid OrderId, Guid RunId, string UserId, Drink Drink, string? Note, DateTimeOffset CreatedAt)
{
    /// <summary>Longest note in characters.</summary>
    public const int MaxNoteLength = 200;
}
