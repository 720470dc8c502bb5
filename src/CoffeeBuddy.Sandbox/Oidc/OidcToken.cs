namespace CoffeeBuddy.Sandbox.Oidc;

/// <summary>Description of an access token that <see cref="OidcIssuer"/> issues.</summary>
public sealed record OidcToken(string Subject)
{
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Null: the issuer's <see cref="OidcIssuerOptions.Audience"/>.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Time until the token expires. Negative: it has already expired.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    public string ClientId { get; init; } = "a-client";

    public TokenShape Shape { get; init; }

    /// <summary>Additional claims, such as <c>email</c>.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = new Dictionary<string, object>();

    /// <summary>Sign with a key that the issuer does not publish, but with the id of the published key.</summary>
    public bool Forged { get; init; }
}
