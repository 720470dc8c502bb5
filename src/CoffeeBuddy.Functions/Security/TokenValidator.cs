using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Polly.Timeout;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Checks a bearer token against the configured issuer: a JWT with the issuer's published keys, an opaque token by
/// introspection (RFC 7662). Also behind Kong: its open-source edition cannot check a JWKS.
/// </summary>
public sealed partial class TokenValidator : IDisposable
{
    /// <summary>Name of the HTTP client that calls the issuer, and of its resilience pipeline.</summary>
    public const string Pipeline = "oidc";

    /// <summary>
    /// How long an introspection result is cached, which is also how long a revoked opaque token may still be accepted.
    /// </summary>
    private static readonly TimeSpan IntrospectionLifetime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Claims of an id_token that an access token does not have (OpenID Connect Core 1.0, 2 and 3.1.3.6). An id_token
    /// gives no access.
    /// </summary>
    private static readonly string[] IdTokenClaims = ["nonce", "at_hash"];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly MemoryCache _introspected = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _issuer;
    private readonly IHttpClientFactory _clients;
    private readonly OidcOptions _options;
    private readonly ILogger<TokenValidator> _logger;

    public TokenValidator(IHttpClientFactory clients, IOptions<OidcOptions> options, ILogger<TokenValidator> logger)
    {
        (_clients, _options, _logger) = (clients, options.Value, logger);
        var discovery = _options.Authority.TrimEnd('/') + "/.well-known/openid-configuration";
        var documents = new HttpDocumentRetriever(clients.CreateClient(Pipeline))
        {
            RequireHttps = !_options.AllowHttp,
        };
        _issuer = new(discovery, new OpenIdConnectConfigurationRetriever(), documents);
    }

    /// <returns>The caller, or null when the token is not valid.</returns>
    /// <exception cref="IssuerUnavailableException">The issuer cannot be reached.</exception>
    public async Task<Caller?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        OpenIdConnectConfiguration issuer;
        try
        {
            issuer = await _issuer.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new IssuerUnavailableException(exception);
        }

        return _handler.CanReadToken(token)
            ? await ValidateJwtAsync(token, issuer)
            : await IntrospectAsync(token, issuer, cancellationToken);
    }

    public void Dispose() => _introspected.Dispose();

    private async Task<Caller?> ValidateJwtAsync(string token, OpenIdConnectConfiguration issuer)
    {
        var result = await _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ConfigurationManager = _issuer,
                ValidIssuer = issuer.Issuer,
                ValidAudience = _options.Audience,
                // Hydra writes "JWT", RFC 9068 requires one of the others.
                ValidTypes = ["JWT", "at+jwt", "application/at+jwt"],
                RequireExpirationTime = true,
                ClockSkew = TimeSpan.FromSeconds(30),
            }
        );
        var isIdToken = result.IsValid && IdTokenClaims.Any(result.Claims.ContainsKey);
        if (result.IsValid && !isIdToken)
            return Caller.From(result.Claims, _options.UserIdClaim);
        Log.TokenRefused(_logger, isIdToken ? "id_token" : result.Exception?.GetType().Name ?? "invalid");
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            _issuer.RequestRefresh();
        return null;
    }

    private async Task<Caller?> IntrospectAsync(
        string token,
        OpenIdConnectConfiguration issuer,
        CancellationToken cancellationToken
    )
    {
        if (
            _options.IntrospectionClientId is null
            || (_options.IntrospectionEndpoint?.AbsoluteUri ?? issuer.IntrospectionEndpoint)
                is not { Length: > 0 } endpoint
        )
            return null;
        var cacheKey = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_introspected.TryGetValue(cacheKey, out Caller? known))
            return known;

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent([new("token", token)]),
        };
        var basic =
            $"{Uri.EscapeDataString(_options.IntrospectionClientId)}:{Uri.EscapeDataString(_options.IntrospectionClientSecret!)}";
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))
        );
        Dictionary<string, object> claims;
        try
        {
            using var response = await _clients.CreateClient(Pipeline).SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            using var answer = await JsonDocument.ParseAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                cancellationToken: cancellationToken
            );
            if (answer.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("The issuer's answer is not a JSON object.");
            claims = answer
                .RootElement.EnumerateObject()
                .ToDictionary(claim => claim.Name, claim => (object)claim.Value.Clone(), StringComparer.Ordinal);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TimeoutRejectedException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new IssuerUnavailableException(exception);
        }

        var caller = IsActive(claims) ? Caller.From(claims, _options.UserIdClaim) : null;
        _introspected.Set(
            cacheKey,
            caller,
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = IntrospectionLifetime }
        );
        return caller;
    }

    // Hydra also introspects refresh tokens and reports them as active.
    private bool IsActive(Dictionary<string, object> claims) =>
        claims.TryGetValue("active", out var active)
        && active is JsonElement { ValueKind: JsonValueKind.True }
        && claims.GetValueOrDefault("token_use")?.ToString() is null or "access_token"
        && claims.TryGetValue("aud", out var audience)
        && audience is JsonElement aud
        && (
            aud.ValueKind == JsonValueKind.Array
                ? aud.EnumerateArray().Any(item => item.ToString() == _options.Audience)
                : aud.ToString() == _options.Audience
        );

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A bearer token was refused: {Reason}")]
        public static partial void TokenRefused(ILogger logger, string reason);
    }
}

/// <summary>The OIDC issuer cannot be reached, so no token can be checked.</summary>
public sealed class IssuerUnavailableException(Exception inner)
    : Exception("The OIDC issuer cannot be reached.", inner);
