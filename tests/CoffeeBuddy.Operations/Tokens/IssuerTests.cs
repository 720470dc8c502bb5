using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>An issuer that does not answer, or not as it should.</summary>
public sealed class IssuerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_hanging_issuer_costs_each_request_a_second_and_is_asked_once()
    {
        await using var gate = new TokenGate();
        gate.Issuer.Hang = new TaskCompletionSource();

        var answers = Enumerable.Range(0, 20).Select(_ => gate.SendAsync(gate.Issuer.Hydra())).ToList();
        await gate.Time.WaitsAsync(Second, 20);
        gate.Time.Advance(Second);

        Assert.All(
            await Task.WhenAll(answers),
            answer => Assert.Equal((503, TimeSpan.FromSeconds(5)), (answer.Status, answer.RetryAfter))
        );
        // The read is overdue: nobody waits for it.
        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra()));
        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.OpaqueToken()));
        Assert.Equal(1, gate.Issuer.MetadataReads);
    }

    [Fact]
    public async Task After_a_failure_the_issuer_is_left_alone_for_5_seconds()
    {
        await using var gate = new TokenGate();
        gate.Issuer.Fault = () => new HttpResponseMessage(HttpStatusCode.NotFound);

        for (var request = 0; request < 20; request++)
            Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra()));
        Assert.Equal(1, gate.Issuer.MetadataReads);

        gate.Issuer.Fault = null;
        gate.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra()));
    }

    [Fact]
    public async Task While_the_issuer_is_down_known_keys_are_good_for_an_hour_and_unknown_ones_get_503()
    {
        await using var gate = new TokenGate();
        var token = gate.Issuer.Hydra((_, claims) => claims["exp"] = (long)claims["exp"]! + 7200);
        Assert.Equal(200, await gate.StatusAsync(token));
        gate.Issuer.Fault = Down;

        gate.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, await gate.StatusAsync(token));
        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra(key: FakeIssuer.Second)));

        gate.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(503, await gate.StatusAsync(token));
    }

    [Fact]
    public async Task When_the_issuer_is_back_withdrawn_keys_are_refused_at_the_first_request()
    {
        await using var gate = new TokenGate();
        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra()));
        gate.Issuer.Fault = Down;
        gate.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra()));
        gate.Issuer.Fault = null;
        gate.Issuer.Published.Clear();

        gate.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(401, await gate.StatusAsync(gate.Issuer.Hydra()));
    }

    public static TheoryData<string, string> WrongDocuments =>
        new()
        {
            { "issuer", "https://other.example.com/" },
            { "issuer", "https://issuer.example.com/realm" },
            { "issuer", "" },
            { "jwks_uri", "http://issuer.example.com/.well-known/jwks.json" },
            { "jwks_uri", "/.well-known/jwks.json" },
            { "jwks_uri", "file:///etc/keys.json" },
            { "introspection_endpoint", "http://issuer.example.com/introspect" },
            { "introspection_endpoint", "introspect" },
        };

    [Theory]
    [MemberData(nameof(WrongDocuments))]
    public async Task A_document_with_another_issuer_or_an_endpoint_without_TLS_is_not_taken(string name, string value)
    {
        await using var gate = new TokenGate();
        gate.Issuer.Discovery[name] = value;

        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra()));
        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.OpaqueToken()));
        Assert.Single(gate.Issuer.Sent);
        Assert.All(gate.Issuer.Sent, sent => Assert.Null(sent.Credentials));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("words")]
    [InlineData("""{"issuer":7}""")]
    public async Task A_document_that_is_no_document_is_not_taken(string text)
    {
        await using var gate = new TokenGate();
        gate.Issuer.Fault = () => FakeIssuer.Json(text);

        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra()));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var gate = new TokenGate();
        gate.Issuer.Fault = () => FakeIssuer.Json(new JsonObject { ["x"] = new string('x', 300_000) });

        Assert.Equal(503, await gate.Time.DriveAsync(gate.StatusAsync(gate.Issuer.Hydra())));
    }

    [Fact]
    public async Task A_slash_at_the_end_of_the_configured_address_does_not_matter()
    {
        await using var gate = new TokenGate(("Authority", FakeIssuer.Name.TrimEnd('/')));

        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra()));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var followed = 0;
        await using var server = LoopbackApp.Build();
        server.MapGet("/.well-known/openid-configuration", () => Results.Redirect("/elsewhere"));
        server.MapGet("/elsewhere", () => Interlocked.Increment(ref followed));
        await server.StartAsync(TestContext.Current.CancellationToken);
        await using var gate = new TokenGate(
            [("Authority", server.Address().AbsoluteUri), ("AllowHttp", "true")],
            services: null,
            network: true
        );

        Assert.Equal(503, await gate.StatusAsync(gate.Issuer.Hydra()));
        Assert.Equal(0, followed);
    }

    /// <summary>Not an HttpRequestException: that would be tried again, which takes time.</summary>
    private static HttpResponseMessage Down() => throw new IOException("The connection was refused.");
}
