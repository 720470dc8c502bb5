using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Sandbox.Oidc;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace CoffeeBuddy.Sandbox.Tests;

public sealed class OidcIssuerTests : IAsyncLifetime
{
    private static readonly OidcClient Reports = new("reports", "a-secret", "runs.read", "runs.write");
    private readonly HttpClient _http = new();
    private OidcIssuer _issuer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _issuer = await OidcIssuer.StartAsync(new OidcIssuerOptions { Clients = [Reports] }, Cancellation);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_client_gets_a_token_that_the_published_keys_validate()
    {
        using var response = await TokenRequestAsync("a-secret", "runs.read");
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation))
            .GetProperty("access_token")
            .GetString()!;

        var result = await ValidateAsync(token);

        Assert.True(result.IsValid, result.Exception?.Message);
        var jwt = (JsonWebToken)result.SecurityToken;
        Assert.Equal(("at+jwt", "reports", "runs.read"), (jwt.Typ, jwt.Subject, jwt.GetClaim("scope").Value));
        // Required by RFC 9068, 2.2.
        Assert.Equal("reports", jwt.GetClaim("client_id").Value);
        Assert.NotEmpty(jwt.Id);
        Assert.NotEqual(default, jwt.IssuedAt);
    }

    [Theory]
    [InlineData("guess", "runs.read", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("a-secret", "runs.delete", HttpStatusCode.BadRequest, "invalid_scope")]
    public async Task A_client_gets_no_token_with_a_wrong_secret_or_scope(
        string secret,
        string scope,
        HttpStatusCode status,
        string error
    )
    {
        using var response = await TokenRequestAsync(secret, scope);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(
            error,
            (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error").GetString()
        );
    }

    [Fact]
    public async Task A_token_in_the_shape_of_Hydra_has_arrays_and_nested_claims_and_is_valid()
    {
        var token = _issuer.IssueToken(
            new OidcToken("U1")
            {
                Shape = TokenShape.Hydra,
                Scopes = ["runs.read", "runs.write"],
                Claims = new Dictionary<string, object> { ["email"] = "ada@example.com" },
            }
        );

        Assert.True((await ValidateAsync(token)).IsValid);
        var jwt = new JsonWebToken(token);
        var payload = JsonDocument.Parse(Base64UrlEncoder.Decode(jwt.EncodedPayload)).RootElement;
        Assert.Equal("JWT", jwt.Typ);
        Assert.Equal(
            ["runs.read", "runs.write"],
            payload.GetProperty("scp").EnumerateArray().Select(scope => scope.GetString()!)
        );
        Assert.Equal(JsonValueKind.Array, payload.GetProperty("aud").ValueKind);
        Assert.Equal("ada@example.com", payload.GetProperty("ext").GetProperty("email").GetString());
        Assert.False(payload.TryGetProperty("scope", out _));
    }

    [Fact]
    public async Task Expired_and_forged_tokens_and_tokens_for_another_audience_are_invalid_for_that_reason()
    {
        var good = new OidcToken("U1");

        var expired = await ValidateAsync(_issuer.IssueToken(good with { Lifetime = TimeSpan.FromHours(-1) }));
        var foreign = await ValidateAsync(_issuer.IssueToken(good with { Audiences = ["another-service"] }));
        var forged = await ValidateAsync(_issuer.IssueToken(good with { Forged = true }));

        Assert.IsType<SecurityTokenExpiredException>(expired.Exception);
        Assert.IsType<SecurityTokenInvalidAudienceException>(foreign.Exception);
        Assert.IsType<SecurityTokenInvalidSignatureException>(forged.Exception);
        Assert.True((await ValidateAsync(_issuer.IssueToken(good))).IsValid);
    }

    [Fact]
    public async Task After_a_rotation_tokens_of_the_old_key_are_valid_until_it_is_withdrawn()
    {
        var before = _issuer.IssueToken(new OidcToken("U1"));

        _issuer.RotateKey();
        var after = _issuer.IssueToken(new OidcToken("U1"));

        Assert.NotEqual(new JsonWebToken(before).Kid, new JsonWebToken(after).Kid);
        Assert.True((await ValidateAsync(before)).IsValid);
        Assert.True((await ValidateAsync(after)).IsValid);
        _issuer.WithdrawOldKeys();
        Assert.False((await ValidateAsync(before)).IsValid);
        Assert.True((await ValidateAsync(after)).IsValid);
    }

    [Fact]
    public async Task Introspection_returns_the_claims_of_an_opaque_token_until_it_is_revoked()
    {
        var token = _issuer.IssueOpaqueToken(
            new OidcToken("U1")
            {
                Scopes = ["runs.read"],
                Claims = new Dictionary<string, object> { ["email"] = "ada@example.com" },
            }
        );

        var before = await IntrospectAsync(token);
        _issuer.Revoke(token);
        var after = await IntrospectAsync(token);

        Assert.True(before.GetProperty("active").GetBoolean());
        Assert.Equal("U1", before.GetProperty("sub").GetString());
        Assert.Equal("runs.read", before.GetProperty("scope").GetString());
        Assert.Equal("coffeebuddy", before.GetProperty("aud").GetString());
        Assert.Equal("ada@example.com", before.GetProperty("email").GetString());
        Assert.Equal("access_token", before.GetProperty("token_use").GetString());
        Assert.Equal(_issuer.Authority.AbsoluteUri, before.GetProperty("iss").GetString());
        Assert.False(after.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Introspection_returns_additional_claims_under_ext_in_the_shape_of_Hydra()
    {
        var token = _issuer.IssueOpaqueToken(
            new OidcToken("U1")
            {
                Shape = TokenShape.Hydra,
                Claims = new Dictionary<string, object> { ["slack_user_id"] = "U1" },
            }
        );

        var answer = await IntrospectAsync(token);

        Assert.Equal("U1", answer.GetProperty("ext").GetProperty("slack_user_id").GetString());
        Assert.False(answer.TryGetProperty("slack_user_id", out _));
    }

    [Fact]
    public async Task Introspection_reports_unknown_and_expired_tokens_as_inactive()
    {
        var expired = _issuer.IssueOpaqueToken(new OidcToken("U1") { Lifetime = TimeSpan.FromMinutes(-5) });

        Assert.False((await IntrospectAsync("opaque_guess")).GetProperty("active").GetBoolean());
        Assert.False((await IntrospectAsync(expired)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Introspection_with_a_wrong_secret_is_refused()
    {
        var token = _issuer.IssueOpaqueToken(new OidcToken("U1"));

        using var response = await PostAsync(_issuer.IntrospectionEndpoint, "guess", new() { ["token"] = token });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private Task<HttpResponseMessage> TokenRequestAsync(string secret, string scope) =>
        PostAsync(_issuer.TokenEndpoint, secret, new() { ["grant_type"] = "client_credentials", ["scope"] = scope });

    private async Task<JsonElement> IntrospectAsync(string token)
    {
        using var response = await PostAsync(
            _issuer.IntrospectionEndpoint,
            Reports.Secret,
            new() { ["token"] = token }
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, string secret, Dictionary<string, string> form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(form),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Reports.Id}:{secret}"))
        );
        return await _http.SendAsync(request, Cancellation);
    }

    private async Task<TokenValidationResult> ValidateAsync(string token)
    {
        var configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
            new Uri(_issuer.Authority, ".well-known/openid-configuration").AbsoluteUri,
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = false }
        );
        return await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ConfigurationManager = configuration,
                ValidAudience = _issuer.Audience,
                ValidIssuer = _issuer.Authority.AbsoluteUri,
            }
        );
    }
}
