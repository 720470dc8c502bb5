namespace CoffeeBuddy.Functions.Security;

/// <summary>The access token gives no access here.</summary>
/// <param name="reason">For the log; contains nothing of the token.</param>
public sealed class InvalidTokenException(string reason) : Exception(reason);
