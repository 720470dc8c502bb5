namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// How an HTTP function authenticates its caller. Every HTTP function has exactly one; without it the worker does not
/// start.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class AuthenticationAttribute : Attribute;

/// <summary>Only requests that Slack has signed, or sent over Socket Mode. The function gets the body as a <see cref="VerifiedBody"/>.</summary>
/// <param name="mediaType">The media type of the body; any other is refused with 415.</param>
public sealed class SlackSignedAttribute(string mediaType) : AuthenticationAttribute
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";

    public string MediaType { get; } = mediaType;
}

/// <summary>
/// Only requests with a valid access token of the OIDC issuer. The function gets the <see cref="Caller"/>.
/// </summary>
public sealed class BearerTokenAttribute : AuthenticationAttribute;

/// <summary>Anyone: for what is public.</summary>
public sealed class AnonymousAttribute : AuthenticationAttribute;
