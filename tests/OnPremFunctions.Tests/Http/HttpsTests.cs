using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using global::Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

public sealed class HttpsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _clients = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _clients.Dispose();
    }

    [Fact]
    public async Task TLS_13_is_accepted_and_TLS_12_only_by_exception()
    {
        await using var host = await StartAsync(_authority.Issue());
        Assert.Equal(HttpStatusCode.OK, (await Client().GetAsync(Hello(host), Cancellation)).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Client(SslProtocols.Tls12).GetAsync(Hello(host), Cancellation)
        );

        await using var lax = await StartAsync(_authority.Issue(), allowTls12: true);
        Assert.Equal(
            HttpStatusCode.OK,
            (await Client(SslProtocols.Tls12).GetAsync(Hello(lax), Cancellation)).StatusCode
        );
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not()
    {
        var files = _authority.Issue();
        await using var host = await StartAsync(files);
        var first = await SerialAsync(host);

        var renewed = _authority.Issue();
        File.Copy(renewed.CertificateFile, files.CertificateFile, overwrite: true);
        // The key of the old certificate is still there: the pair cannot be used.
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(first, await SerialAsync(host));
        Assert.Contains(
            host.Logs.Lines,
            line => line.Text.Contains("cannot be used, so the last one", StringComparison.Ordinal)
        );

        File.Copy(renewed.KeyFile, files.KeyFile, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(5));
        using var expected = renewed.Load();
        Assert.Equal(expected.SerialNumber, await SerialAsync(host));
    }

    [Fact]
    public async Task With_an_authority_of_clients_only_they_call_functions_but_everybody_sees_the_health()
    {
        await using var host = await StartAsync(_authority.Issue(), _clients.AuthorityFile);
        using var known = _clients.Issue("kong").Load();
        using var stranger = _authority.Issue("kong").Load();

        Assert.Equal(
            HttpStatusCode.OK,
            (await Client(certificate: known).GetAsync(Hello(host), Cancellation)).StatusCode
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await Client().GetAsync(Hello(host), Cancellation)).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Client(certificate: stranger).GetAsync(Hello(host), Cancellation)
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await Client().GetAsync(new Uri(host.Http.BaseAddress!, "healthz/live"), Cancellation)).StatusCode
        );
    }

    [Fact]
    public async Task A_client_whose_certificate_is_of_an_intermediate_authority_sends_that_too()
    {
        await using var host = await StartAsync(_authority.Issue(), _clients.AuthorityFile);
        using var below = _clients.Below();
        using var known = below.Issue("kong").Load();
        using var intermediate = X509CertificateLoader.LoadCertificateFromFile(below.AuthorityFile);

        Assert.Equal(
            HttpStatusCode.OK,
            (
                await Client(context: SslStreamCertificateContext.Create(known, [intermediate], offline: true))
                    .GetAsync(Hello(host), Cancellation)
            ).StatusCode
        );
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Client(certificate: known).GetAsync(Hello(host), Cancellation)
        );
    }

    [Theory]
    [InlineData("Https:CertificateFile", "/no/such/file", "Https:CertificateFile /no/such/file with Https:KeyFile")]
    [InlineData("Https:KeyFile", null, "Https:CertificateFile and Https:KeyFile go together.")]
    [InlineData("Https:ClientCaFile", "/no/such/file", "Https:ClientCaFile /no/such/file cannot be used")]
    public async Task Files_that_cannot_be_used_are_refused_at_start(string setting, string? value, string fault)
    {
        var files = _authority.Issue();
        var refused = await TestHost.RefusedAsync(
            [typeof(HttpsFunctions)],
            new()
            {
                ["Https:CertificateFile"] = files.CertificateFile,
                ["Https:KeyFile"] = files.KeyFile,
                [setting] = value,
            }
        );

        Assert.StartsWith(fault, Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    private static Uri Hello(TestHost host) => new(host.Http.BaseAddress!, "api/hello");

    private Task<TestHost> StartAsync(TestCertificate server, string? clientCaFile = null, bool allowTls12 = false) =>
        TestHost.StartAsync(
            [typeof(HttpsFunctions)],
            new()
            {
                ["urls"] = "https://127.0.0.1:0",
                ["Https:CertificateFile"] = server.CertificateFile,
                ["Https:KeyFile"] = server.KeyFile,
                ["Https:ClientCaFile"] = clientCaFile,
            },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_time);
                if (allowTls12)
                    builder.Services.Configure<HttpsOptions>(static https => https.AllowTls12());
            }
        );

    private async Task<string> SerialAsync(TestHost host)
    {
        var serial = "";
        using var client = Client(seen: certificate => serial = certificate.SerialNumber);
        await client.GetAsync(Hello(host), Cancellation);
        return serial;
    }

    private HttpClient Client(
        SslProtocols protocols = SslProtocols.None,
        X509Certificate2? certificate = null,
        SslStreamCertificateContext? context = null,
        Action<X509Certificate2>? seen = null
    )
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.EnabledSslProtocols = protocols;
        handler.SslOptions.ClientCertificates = certificate is null ? null : [certificate];
        if (context is null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!;
        else
            handler.SslOptions.ClientCertificateContext = context;
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(_authority.AuthorityFile);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, server, _, errors) =>
        {
            seen?.Invoke((X509Certificate2)server!);
            return errors == SslPolicyErrors.None;
        };
        return new HttpClient(handler);
    }
}

public static class HttpsFunctions
{
    [Function("Hello")]
    public static IResult Hello(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequest request
    ) => Results.Text("hello");
}
