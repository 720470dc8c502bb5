namespace CoffeeBuddy.Core.Orders;

/// <summary>One person's order in one run.</summary>
/// <param name="Note">A wish for this one time ("leave it at my desk"); not remembered as a preference.</param>
/// <param name="CreatedAt">When it was submitted, or last replaced.</param>
public sealed record Order(Guid OrderId, Guid RunId, string UserId, Drink Drink, string? Note, DateTimeOffset CreatedAt)
{
    /// <summary>Longest note in characters.</summary>
    public const int MaxNoteLength = 200;
}
