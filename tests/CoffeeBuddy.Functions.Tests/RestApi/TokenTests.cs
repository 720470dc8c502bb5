using System.Net.Http.Headers;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Which access tokens the API accepts.</summary>
public sealed class TokenTests(ApiOffice office)
{
    private const string Title = "Not authenticated.";

    private OidcIssuer Issuer => office.Sandbox.Oidc;

    [Theory]
    [InlineData(TokenShape.Rfc9068, false)]
    [InlineData(TokenShape.Rfc9068, true)]
    [InlineData(TokenShape.Hydra, false)]
    [InlineData(TokenShape.Hydra, true)]
    public async Task A_valid_token_is_accepted_in_every_format(TokenShape shape, bool opaque)
    {
        var noor = ApiOffice.NewUser();
        var run = await office.Api.OpenRunAsync(office.Service(), noor);
        var person = Issue(
            new OidcToken("noor")
            {
                Shape = shape,
                Scopes = ["openid", "coffee.read"],
                Claims = new Dictionary<string, object> { ["slack_user_id"] = noor },
            }
        );
        var service = Issue(
            new OidcToken("reports") { Shape = shape, Scopes = ["coffee.read", "coffee.service", "coffee.admin"] }
        );

        // A person sees only their own runs, a service sees all.
        Assert.Equal(
            run,
            (string?)(await office.Api.GetAsync("runs", person)).Is(200).Json["runs"]!.AsArray().Single()!["run_id"]
        );
        (await office.Api.OrderAsync(service, run, noor)).Is(201);
        (await office.Api.PatchAsync($"runs/{run}/complete", service)).Is(200);

        string Issue(OidcToken token) => opaque ? Issuer.IssueOpaqueToken(token) : Issuer.IssueToken(token);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic cmVwb3J0czpzZWNyZXQ=")]
    [InlineData("Bearer")]
    public async Task A_request_without_a_token_is_refused(string? authorization)
    {
        var answer = await office.RefusesAsync("ListRuns", 401, () => SendAsync(authorization));

        answer.IsProblem(401, Title, "Send an access token: Authorization: Bearer <token>.");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    public static TheoryData<string> Bad =>
        [
            "expired",
            "expired opaque",
            "for another audience",
            "opaque for another audience",
            "forged",
            "of another issuer",
            "revoked opaque",
            "unknown opaque",
            "unsigned",
            "an id_token",
            "broken",
            "words",
        ];

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task An_invalid_token_is_refused(string kind)
    {
        var token = await TokenAsync(kind);

        var answer = await office.RefusesAsync("ListRuns", 401, () => SendAsync($"Bearer {token}"), token);

        answer.IsProblem(401, Title, "The access token is not valid here, or no longer.");
        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Every_operation_except_the_document_requires_a_token()
    {
        foreach (
            var operation in OpenApi.Operations.Where(operation =>
                !operation.EndsWith("openapi.json", StringComparison.Ordinal)
            )
        )
        {
            var (method, path) = (
                operation.Split(' ')[0],
                operation
                    .Split(' ')[1]["/api/v1/".Length..]
                    .Replace("{runId}", Guid.NewGuid().ToString(), StringComparison.Ordinal)
                    .Replace("{userId}", "U1", StringComparison.Ordinal)
            );

            (
                await office.Api.SendAsync(new HttpMethod(method.ToUpperInvariant()), path, token: null, content: null)
            ).IsProblem(401, Title);
        }

        (await office.Api.GetAsync("openapi.json", token: null)).Is(200);
    }

    [Fact]
    public async Task While_the_issuer_is_unavailable_unknown_tokens_get_503_and_afterwards_they_are_accepted()
    {
        var port = FreePort.Next();
        var environment = office.Environment();
        environment["Oidc__Authority"] = $"http://127.0.0.1:{port}/";
        environment["Oidc__IntrospectionClientId"] = "coffeebuddy";
        environment["Oidc__IntrospectionClientSecret"] = "a-secret";
        environment["AzureFunctionsJobHost__functions__0"] = "ListRuns";
        await using var worker = await WorkerProcess.StartAsync(
            new("Worker", new Sandbox.SandboxOptions().Worker) { Environment = environment },
            TestContext.Current.CancellationToken
        );
        using var api = new ApiClient(worker.Address);

        var away = await api.GetAsync("runs", office.Service());
        away.IsProblem(503, "The identity provider cannot be reached.", "Try again shortly.");
        Assert.Equal(TimeSpan.FromSeconds(5), away.Headers.RetryAfter?.Delta);

        string jwt,
            opaque;
        await using (
            var issuer = await OidcIssuer.StartAsync(
                new() { Port = port, Clients = [new("coffeebuddy", "a-secret")] },
                TestContext.Current.CancellationToken
            )
        )
        {
            jwt = issuer.IssueToken(new("reports") { Scopes = ["coffee.service"] });
            opaque = issuer.IssueOpaqueToken(new("reports") { Scopes = ["coffee.service"] });
            await Eventually.TrueAsync(
                async () => (await api.GetAsync("runs", jwt)).Status == 200,
                "the worker asks the issuer again"
            );
        }

        // The keys are cached by now; only opaque tokens still need the issuer.
        (await api.GetAsync("runs", jwt)).Is(200);
        (await api.GetAsync("runs", opaque)).IsProblem(503, "The identity provider cannot be reached.");
    }

    /// <summary>At most 10 s long, because keys are read again for unknown ones that often.</summary>
    [Fact]
    public async Task A_rotation_of_the_issuers_keys_fails_no_request_also_after_a_token_with_an_unknown_key()
    {
        var service = new OidcToken("reports") { Scopes = ["coffee.service"] };
        await using (
            var other = await OidcIssuer.StartAsync(
                new() { Name = Issuer.Authority },
                TestContext.Current.CancellationToken
            )
        )
            (await office.Api.GetAsync("runs", other.IssueToken(service))).IsProblem(401, Title);
        var old = Issuer.IssueToken(service);

        Issuer.RotateKey();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => office.Api.GetAsync("runs", Issuer.IssueToken(service)))
        );
        Assert.All(answers, answer => answer.Is(200));
        (await office.Api.GetAsync("runs", old)).Is(200);
    }

    private async Task<string> TokenAsync(string kind)
    {
        var token = new OidcToken("reports") { Scopes = ["coffee.service"] };
        switch (kind)
        {
            case "expired":
                return Issuer.IssueToken(token with { Lifetime = TimeSpan.FromMinutes(-1) });
            case "expired opaque":
                return Issuer.IssueOpaqueToken(token with { Lifetime = TimeSpan.FromMinutes(-1) });
            case "for another audience":
                return Issuer.IssueToken(token with { Audiences = ["wiki"] });
            case "opaque for another audience":
                return Issuer.IssueOpaqueToken(token with { Audiences = ["wiki"] });
            case "forged":
                return Issuer.IssueToken(token with { Forged = true });
            case "of another issuer":
                await using (
                    var other = await OidcIssuer.StartAsync(cancellation: TestContext.Current.CancellationToken)
                )
                    return other.IssueToken(token);
            case "revoked opaque":
                var revoked = Issuer.IssueOpaqueToken(token);
                Issuer.Revoke(revoked);
                return revoked;
            case "unknown opaque":
                return "opaque_0123456789";
            case "unsigned":
                var signed = new JsonWebToken(Issuer.IssueToken(token));
                return $"{Convert.ToBase64String("""{"alg":"none","typ":"at+jwt"}"""u8).TrimEnd('=')}.{signed.EncodedPayload}.";
            case "an id_token":
                return Issuer.IssueToken(
                    token with
                    {
                        Claims = new Dictionary<string, object> { ["at_hash"] = "MTIzNDU2Nzg5MGFiY2RlZg" },
                    }
                );
            case "broken":
                return Issuer.IssueToken(token)[..^3] + "abc";
            default:
                return "not a token at all";
        }
    }

    private async Task<Answer> SendAsync(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/runs?limit=1");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation(nameof(HttpRequestHeaders.Authorization), authorization);
        return await office.Api.SendAsync(request);
    }
}
