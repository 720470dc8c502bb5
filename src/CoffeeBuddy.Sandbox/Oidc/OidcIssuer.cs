using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace CoffeeBuddy.Sandbox.Oidc;

/// <summary>
/// An OpenID Connect issuer in this process, based on OpenIddict without a store: discovery, keys, client credentials
/// grant and introspection over HTTP. Its methods also issue tokens that its endpoints would not, for tests. Its keys
/// are new in each instance.
/// </summary>
public sealed class OidcIssuer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (string Jwt, OidcToken Meaning)> _opaque = new(
        StringComparer.Ordinal
    );
    private readonly ConcurrentDictionary<string, bool> _revoked = new(StringComparer.Ordinal);
    private readonly Lazy<RsaSecurityKey> _forger;
    private readonly OidcIssuerOptions _options;
    private readonly WebApplication _app;
    private RsaSecurityKey _key = NewKey();

    private OidcIssuer(OidcIssuerOptions options)
    {
        _options = options;
        _forger = new Lazy<RsaSecurityKey>(() => NewKey(_key.KeyId));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        // These keys are for cookies, which are not used. Ephemeral: they are not written to the home folder.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddOpenIddict().AddServer(Configure);
        _app = builder.Build();
        _app.UseAuthentication();
    }

    /// <summary>The issuer's name and base address, with a slash at the end.</summary>
    public Uri Authority { get; private set; } = null!;

    public Uri TokenEndpoint => new(Authority, "oauth2/token");

    public Uri IntrospectionEndpoint => new(Authority, "oauth2/introspect");

    public string Audience => _options.Audience;

    public static async Task<OidcIssuer> StartAsync(
        OidcIssuerOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        var issuer = new OidcIssuer(options ?? new OidcIssuerOptions());
        try
        {
            await issuer._app.StartAsync(cancellation);
            issuer.Authority = new Uri(issuer._app.Urls.Single());
            return issuer;
        }
        catch
        {
            await issuer.DisposeAsync();
            throw;
        }
    }

    /// <summary>A signed JWT.</summary>
    public string IssueToken(OidcToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var now = _options.Clock.GetUtcNow();
        // Not by the sandbox's clock, which the workers follow with a delay: for them the token would not be valid yet.
        var issued = TimeProvider.System.GetUtcNow();
        if (token.Lifetime <= TimeSpan.Zero)
            issued = now + token.Lifetime - TimeSpan.FromMinutes(1);
        var hydra = token.Shape == TokenShape.Hydra;
        var claims = new Dictionary<string, object>(hydra ? [] : token.Claims, StringComparer.Ordinal)
        {
            [Claims.Subject] = token.Subject,
            [Claims.ClientId] = token.ClientId,
            [Claims.JwtId] = Guid.NewGuid().ToString(),
            [Claims.Audience] = token.Audiences ?? [_options.Audience],
        };
        if (hydra)
        {
            claims["scp"] = token.Scopes;
            claims["ext"] = token.Claims;
        }
        else
        {
            claims[Claims.Scope] = string.Join(' ', token.Scopes);
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = (_options.Name ?? Authority).AbsoluteUri,
                TokenType = hydra ? "JWT" : "at+jwt",
                IssuedAt = issued.UtcDateTime,
                NotBefore = issued.UtcDateTime,
                Expires = (now + token.Lifetime).UtcDateTime,
                Claims = claims,
                SigningCredentials = new SigningCredentials(
                    token.Forged ? _forger.Value : _key,
                    SecurityAlgorithms.RsaSha256
                ),
            }
        );
    }

    /// <summary>An opaque token. The introspection endpoint returns its claims.</summary>
    public string IssueOpaqueToken(OidcToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var opaque = "opaque_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _opaque[opaque] = (IssueToken(token with { Shape = TokenShape.Rfc9068 }), token);
        return opaque;
    }

    /// <summary>Signs with a new key from now on. The old ones stay published until they are withdrawn.</summary>
    public void RotateKey()
    {
        _key = NewKey();
        Credentials.Insert(0, new SigningCredentials(_key, SecurityAlgorithms.RsaSha256));
    }

    /// <summary>Publishes only the key that signs now.</summary>
    public void WithdrawOldKeys() => Credentials.RemoveRange(1, Credentials.Count - 1);

    /// <summary>Introspection then reports the token as inactive. Local validation of a JWT still succeeds.</summary>
    public void Revoke(string token) => _revoked[token] = true;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private List<SigningCredentials> Credentials =>
        _app.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue.SigningCredentials;

    private static RsaSecurityKey NewKey(string? id = null) =>
        new(RSA.Create(2048)) { KeyId = id ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };

    private void Configure(OpenIddictServerBuilder server)
    {
        server
            .EnableDegradedMode()
            .AllowClientCredentialsFlow()
            .SetConfigurationEndpointUris(".well-known/openid-configuration")
            .SetJsonWebKeySetEndpointUris(".well-known/jwks.json")
            .SetTokenEndpointUris("oauth2/token")
            .SetIntrospectionEndpointUris("oauth2/introspect")
            .RegisterScopes([.. _options.Clients.SelectMany(client => client.Scopes).Distinct(StringComparer.Ordinal)])
            .AddSigningKey(_key)
            .AddEphemeralEncryptionKey()
            .DisableAccessTokenEncryption()
            .Configure(options => options.TimeProvider = _options.Clock);
        server.UseAspNetCore().DisableTransportSecurityRequirement();

        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(ValidateTokenRequest));
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(HandleTokenRequest));
        server.AddEventHandler<ValidateIntrospectionRequestContext>(handler =>
            handler.UseInlineHandler(ValidateIntrospectionRequest).SetOrder(int.MinValue)
        );
        server.AddEventHandler<HandleIntrospectionRequestContext>(handler =>
            handler.UseInlineHandler(HandleIntrospectionRequest)
        );
        server.AddEventHandler<ValidateTokenContext>(handler =>
            handler.UseInlineHandler(ResolveOpaqueToken).SetOrder(int.MinValue)
        );
        server.AddEventHandler<ValidateTokenContext>(handler =>
            handler.UseInlineHandler(OpenToEveryClient).SetOrder(int.MaxValue)
        );
    }

    private ValueTask ValidateTokenRequest(ValidateTokenRequestContext context)
    {
        if (Client(context.Request) is not { } client)
            context.Reject(Errors.InvalidClient, "Unknown client or wrong secret.");
        else if (
            context
                .Request.GetScopes()
                .FirstOrDefault(scope => !client.Scopes.Contains(scope, StringComparer.Ordinal)) is
            { } scope
        )
            context.Reject(Errors.InvalidScope, $"This client is not allowed the scope {scope}.");
        return ValueTask.CompletedTask;
    }

    private ValueTask HandleTokenRequest(HandleTokenRequestContext context)
    {
        var identity = new ClaimsIdentity("OpenIddict", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, context.Request.ClientId);
        identity.SetScopes(context.Request.GetScopes());
        identity.SetResources(_options.Audience);
        context.SignIn(new ClaimsPrincipal(identity));
        return ValueTask.CompletedTask;
    }

    private ValueTask ValidateIntrospectionRequest(ValidateIntrospectionRequestContext context)
    {
        if (Client(context.Request) is null)
            context.Reject(Errors.InvalidClient, "Unknown client or wrong secret.");
        return ValueTask.CompletedTask;
    }

    // OpenIddict answers introspection only for the token's client and audience, and returns scopes and claims only to
    // the audience. Like Hydra, this issuer returns everything to every client.
    private ValueTask OpenToEveryClient(ValidateTokenContext context)
    {
        context.Principal?.SetPresenters([.. _options.Clients.Select(client => client.Id)]);
        return ValueTask.CompletedTask;
    }

    private ValueTask HandleIntrospectionRequest(HandleIntrospectionRequestContext context)
    {
        var principal = context.GenericTokenPrincipal;
        context.Scopes.UnionWith(principal.GetScopes());
        context.Audiences.UnionWith(principal.GetAudiences());
        // As Hydra tells access tokens from refresh tokens.
        context.Claims["token_use"] = "access_token";
        if (!_opaque.TryGetValue(context.Request.Token!, out var opaque))
            return ValueTask.CompletedTask;

        var claims = JsonSerializer.SerializeToElement(opaque.Meaning.Claims);
        if (opaque.Meaning.Shape == TokenShape.Hydra)
            context.Claims["ext"] = claims;
        else
            foreach (var claim in claims.EnumerateObject())
                context.Claims[claim.Name] = claim.Value;
        return ValueTask.CompletedTask;
    }

    private ValueTask ResolveOpaqueToken(ValidateTokenContext context)
    {
        if (_revoked.ContainsKey(context.Token))
            context.Reject(Errors.InvalidToken, "The token was revoked.");
        else if (_opaque.TryGetValue(context.Token, out var opaque))
            context.Token = opaque.Jwt;
        return ValueTask.CompletedTask;
    }

    private OidcClient? Client(OpenIddictRequest request) =>
        _options.Clients.FirstOrDefault(client =>
            client.Id == request.ClientId && client.Secret == request.ClientSecret
        );
}
