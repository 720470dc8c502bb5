using System.Net;
using System.Text;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Polly.Telemetry;
using Prometheus;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>The OIDC issuer fails for a moment, or for longer.</summary>
public sealed class IssuerOutageTests
{
    private const string Issuer = "https://issuer.example.com";

    [Fact]
    public async Task A_token_is_accepted_though_the_first_question_about_it_failed()
    {
        using var issuer = new FakeIssuer { Failures = 1 };
        await using var services = Build(issuer);
        var retries = await RetriesAsync();

        var caller = await services
            .GetRequiredService<TokenValidator>()
            .ValidateAsync("opaque", TestContext.Current.CancellationToken);

        Assert.Equal("kiosk", caller?.Subject);
        Assert.Equal(2, issuer.Questions);
        Assert.Equal(retries + 1, await RetriesAsync());
    }

    [Fact]
    public async Task An_issuer_that_fails_three_times_counts_as_unavailable()
    {
        using var issuer = new FakeIssuer { Failures = 3 };
        await using var services = Build(issuer);

        await Assert.ThrowsAsync<IssuerUnavailableException>(() =>
            services.GetRequiredService<TokenValidator>().ValidateAsync("opaque", TestContext.Current.CancellationToken)
        );

        Assert.Equal(3, issuer.Questions);
    }

    private static ServiceProvider Build(FakeIssuer issuer)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Oidc:Authority"] = Issuer,
            ["Oidc:Audience"] = "coffeebuddy",
            ["Oidc:IntrospectionClientId"] = "worker",
            ["Oidc:IntrospectionClientSecret"] = "secret",
        };
        var services = new ServiceCollection().AddLogging();
        services.AddSecurity(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), functions: []);
        services
            .AddOptions<TelemetryOptions>()
            .Configure(telemetry => telemetry.TelemetryListeners.Add(new ResilienceMetrics()));
        services.AddHttpClient(TokenValidator.Pipeline).ConfigurePrimaryHttpMessageHandler(() => issuer);
        return services.BuildServiceProvider();
    }

    private static async Task<double> RetriesAsync()
    {
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Exposition
            .Parse(Encoding.UTF8.GetString(text.ToArray()))
            .Value(
                "coffeebuddy_resilience_events_total",
                "pipeline=\"oidc\"",
                "strategy=\"Retry\"",
                "event=\"OnRetry\""
            );
    }

    /// <summary>An issuer that answers its first introspection requests with 503.</summary>
    private sealed class FakeIssuer : HttpMessageHandler
    {
        public int Failures { get; init; }

        public int Questions { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult(
                request.RequestUri!.AbsolutePath switch
                {
                    "/.well-known/openid-configuration" => Json(
                        $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/keys","introspection_endpoint":"{{Issuer}}/introspect"}"""
                    ),
                    "/keys" => Json("""{"keys":[]}"""),
                    _ when ++Questions <= Failures => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
                    _ => Json("""{"active":true,"aud":"coffeebuddy","sub":"kiosk"}"""),
                }
            );

        private static HttpResponseMessage Json(string json) =>
            new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
    }
}
