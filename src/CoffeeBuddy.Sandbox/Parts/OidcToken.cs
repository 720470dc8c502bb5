namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>How an issuer writes its JWT access tokens, and where introspection tells further claims.</summary>
public enum TokenShape
{
    /// <summary>RFC 9068: <c>typ</c> is at+jwt, <c>scope</c> a string with spaces, further claims at the top.</summary>
    Rfc9068,

    /// <summary>Ory Hydra's: <c>typ</c> is JWT, <c>scp</c> and <c>aud</c> are arrays, further claims under <c>ext</c>.</summary>
    Hydra,
}

/// <summary>An access token to be issued by <see cref="OidcIssuer"/>.</summary>
public sealed record OidcToken(string Subject)
{
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Whom it is for; null is the issuer's own <see cref="OidcIssuerOptions.Audience"/>.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>From now on. Below zero, it has expired already.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    public string ClientId { get; init; } = "a-client";

    public TokenShape Shape { get; init; }

    /// <summary>Further claims, such as <c>email</c>.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = new Dictionary<string, object>();

    /// <summary>Signed by a key the issuer does not publish, under the id of the one it does.</summary>
    public bool Forged { get; init; }
}
