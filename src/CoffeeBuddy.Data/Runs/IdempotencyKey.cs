namespace CoffeeBuddy.Data.Runs;

/// <summary>
/// Identifies a request that its caller may repeat: a repetition gets the first answer and changes nothing.
/// </summary>
/// <param name="Key">Chosen by the caller, unique for the caller.</param>
/// <param name="Caller">Two callers may choose the same key.</param>
/// <param name="RequestHash">A hash of the request: a key that is used for another request is a conflict.</param>
public sealed record IdempotencyKey(string Key, string Caller, string RequestHash);

/// <summary>The key was used before for a different request.</summary>
public sealed class IdempotencyConflictException(string key)
    : Exception($"Idempotency key \"{key}\" was used before for a different request.");
