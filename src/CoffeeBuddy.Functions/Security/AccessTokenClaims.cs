using System.Text.Json;

namespace CoffeeBuddy.Functions.Security;

/// <summary>What the claims of every access token must say, in a JWT and in the answer of an introspection.</summary>
internal static class AccessTokenClaims
{
    /// <summary>Accepted difference between the clocks of issuer and worker.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Claims that no access token has: those of id_tokens (OpenID Connect Core 1.0, 2 and 3.3.2.11), logout tokens
    /// (OpenID Connect Back-Channel Logout 1.0, 2.4) and other security events (RFC 8417). <c>cnf</c> (RFC 7800) is for
    /// clients that prove possession of a key, which is not checked here: the token alone must not suffice.
    /// </summary>
    private static readonly string[] Foreign = ["nonce", "at_hash", "c_hash", "s_hash", "events", "cnf"];

    /// <summary>
    /// Claims of id_tokens that an RFC 9068 token can have too, but none of Ory Hydra, whose id_tokens and access
    /// tokens have the same <c>typ</c>.
    /// </summary>
    private static readonly string[] ForeignInHydra = ["azp", "auth_time", "acr", "amr", "sid", "rat"];

    /// <exception cref="InvalidTokenException">The token is not for this API, or not valid now.</exception>
    public static void Check(JsonElement claims, string issuer, string audience, DateTimeOffset now)
    {
        if (claims.Text("iss") != issuer)
            throw new InvalidTokenException("it is of another issuer");
        if (!HasAudience(claims, audience))
            throw new InvalidTokenException("it is for another audience");
        if (ExpiresAt(claims) <= now - ClockSkew)
            throw new InvalidTokenException("it has expired");
        if (claims.TryGetProperty("nbf", out var notBefore) && Time(notBefore, "nbf") > now + ClockSkew)
            throw new InvalidTokenException("it is not valid yet");
        Refuse(claims, Foreign);
    }

    /// <summary>
    /// A JWT says what it is for by the claims that access tokens always have. RFC 9068, 2.2 requires <c>sub</c>,
    /// <c>client_id</c>, <c>iat</c> and <c>jti</c>, and Hydra writes them. Hydra also writes its scopes, also when there
    /// are none; its id_tokens and logout tokens have neither scopes nor <c>client_id</c>.
    /// </summary>
    /// <exception cref="InvalidTokenException">It is another kind of token.</exception>
    public static void CheckKind(JsonElement claims, bool isHydra)
    {
        foreach (var name in (string[])["sub", "client_id", "jti"])
            if (string.IsNullOrEmpty(claims.Text(name)))
                throw NoAccessToken(name);
        if (!claims.TryGetProperty("iat", out var issuedAt))
            throw NoAccessToken("iat");
        Time(issuedAt, "iat");
        if (!isHydra)
            return;
        if (!claims.TryGetProperty("scp", out _) && !claims.TryGetProperty("scope", out _))
            throw NoAccessToken("scp");
        Refuse(claims, ForeignInHydra);
    }

    /// <exception cref="InvalidTokenException">The token has no valid <c>exp</c>.</exception>
    public static DateTimeOffset ExpiresAt(JsonElement claims) =>
        claims.TryGetProperty("exp", out var expires)
            ? Time(expires, "exp")
            : throw new InvalidTokenException("it never expires");

    private static void Refuse(JsonElement claims, string[] names)
    {
        foreach (var name in names)
            if (claims.TryGetProperty(name, out _))
                throw new InvalidTokenException($"it is no bearer access token: it has {name}");
    }

    private static bool HasAudience(JsonElement claims, string audience) =>
        claims.TryGetProperty("aud", out var given)
        && given.ValueKind switch
        {
            JsonValueKind.String => given.ValueEquals(audience),
            JsonValueKind.Array => given
                .EnumerateArray()
                .Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(audience)),
            _ => false,
        };

    /// <summary>RFC 7519, 2: seconds since 1970, which may have a fraction.</summary>
    private static DateTimeOffset Time(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds >= 0
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : throw new InvalidTokenException($"its {name} is no time");

    private static InvalidTokenException NoAccessToken(string missing) =>
        new($"it is no access token: it has no {missing}");
}
