using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Checks a bearer token against the configured issuer: a JWT with the issuer's published keys, an opaque token by
/// introspection. Also behind Kong: its open-source edition cannot check a JWKS.
/// </summary>
public sealed partial class TokenValidator(
    IssuerMetadata metadata,
    TokenIntrospection introspection,
    IOptions<OidcOptions> options,
    TimeProvider time
)
{
    /// <summary>Ory Hydra writes this type in id_tokens, too.</summary>
    private const string HydraType = "JWT";

    /// <summary>RFC 9068, 2.1.</summary>
    private static readonly string[] AccessTokenTypes = ["at+jwt", "application/at+jwt"];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <exception cref="InvalidTokenException">The token is not valid.</exception>
    /// <exception cref="IssuerUnavailableException">The issuer does not answer.</exception>
    public async Task<Caller> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (!Syntax().IsMatch(token))
            throw new InvalidTokenException("it is no token");
        if (token.Split('.') is [var header, var payload, _])
            return await ValidateJwtAsync(
                token,
                TokenJson.Decode(header),
                TokenJson.Decode(payload),
                cancellationToken
            );

        if (!options.Value.HasIntrospection)
            throw new InvalidTokenException("opaque tokens are not accepted");
        var issuer = await metadata.GetAsync(IssuerMetadata.MaxWait, cancellationToken);
        var left = IssuerMetadata.MaxWait - time.GetElapsedTime(started);
        return await introspection.IntrospectAsync(
            token,
            issuer,
            left > TimeSpan.Zero ? left : TimeSpan.Zero,
            cancellationToken
        );
    }

    /// <summary>Everything is checked before the key is looked up, because an unknown key makes others wait.</summary>
    private async Task<Caller> ValidateJwtAsync(
        string token,
        JsonElement header,
        JsonElement claims,
        CancellationToken cancellationToken
    )
    {
        var reads = metadata.Reads;
        var (algorithm, kid, isHydra) = ReadHeader(header);
        var issuer = await metadata.GetAsync(IssuerMetadata.MaxWait, cancellationToken);
        AccessTokenClaims.Check(claims, issuer.Issuer, options.Value.Audience, time.GetUtcNow());
        AccessTokenClaims.CheckKind(claims, isHydra);
        var caller = Caller.From(claims, options.Value.UserIdClaim);

        if (!issuer.HasKey(kid))
            issuer = await metadata.GetWithKeyAsync(kid, reads, cancellationToken);
        await CheckSignatureAsync(token, algorithm, issuer, kid);
        return caller;
    }

    private static (string Algorithm, string Kid, bool IsHydra) ReadHeader(JsonElement header)
    {
        // RFC 7515, 4.1.11: extensions that must be understood. None is.
        if (header.TryGetProperty("crit", out _))
            throw new InvalidTokenException("it has a critical extension");
        if (header.Text("alg") is not { } algorithm || !SigningAlgorithms.Contains(algorithm))
            throw new InvalidTokenException("its algorithm is not accepted");
        if (header.Text("kid") is not { Length: > 0 } kid)
            throw new InvalidTokenException("it does not name its key");
        var type = header.Text("typ");
        var isHydra = string.Equals(type, HydraType, StringComparison.OrdinalIgnoreCase);
        if (!isHydra && !AccessTokenTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw new InvalidTokenException("it is no access token by its typ");
        return (algorithm, kid, isHydra);
    }

    private async Task CheckSignatureAsync(string token, string algorithm, IssuerDocument issuer, string kid)
    {
        var keys = issuer.KeysFor(kid, algorithm);
        if (keys.Count == 0)
            throw new InvalidTokenException("its key is unknown, or not for its algorithm");
        var result = await _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                IssuerSigningKeyResolver = (_, _, _, _) => keys,
                ValidAlgorithms = SigningAlgorithms.Names,
                ValidIssuer = issuer.Issuer,
                ValidAudience = options.Value.Audience,
                // By the worker's clock; the default is the system's.
                LifetimeValidator = (notBefore, expires, _, _) => IsCurrent(notBefore, expires, time.GetUtcNow()),
            }
        );
        if (!result.IsValid)
            throw new InvalidTokenException(result.Exception?.GetType().Name ?? "its signature is wrong");
    }

    private static bool IsCurrent(DateTime? notBefore, DateTime? expires, DateTimeOffset now) =>
        expires > now.UtcDateTime - AccessTokenClaims.ClockSkew
        && (notBefore is null || notBefore <= now.UtcDateTime + AccessTokenClaims.ClockSkew);

    /// <summary>RFC 6750, 2.1.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9\-._~+/]+=*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Syntax();
}
