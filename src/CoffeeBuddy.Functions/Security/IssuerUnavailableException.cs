namespace CoffeeBuddy.Functions.Security;

/// <summary>No token can be checked now, because that needs an answer of the OIDC issuer.</summary>
/// <param name="reason">For the caller.</param>
/// <param name="retryAfter">When the next attempt can succeed.</param>
public sealed class IssuerUnavailableException(string reason, TimeSpan retryAfter) : Exception(reason)
{
    public TimeSpan RetryAfter { get; } = retryAfter;

    public static IssuerUnavailableException NoAnswer(TimeSpan retryAfter) =>
        new("The identity provider cannot be reached.", retryAfter);

    public static IssuerUnavailableException TooMany(TimeSpan retryAfter) =>
        new("Too many unknown access tokens are being checked.", retryAfter);
}
