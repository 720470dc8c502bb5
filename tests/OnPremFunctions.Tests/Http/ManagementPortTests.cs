using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

/// <summary>The host's own endpoints on a port of their own.</summary>
public sealed class ManagementPortTests
{
    private const string Setting = "AzureFunctionsJobHost:extensions:http:managementPort";

    [Theory]
    [InlineData("http://127.0.0.1:18080", "9090", "but the host does not listen on it")]
    [InlineData("http://127.0.0.1:18080;http://127.0.0.1:18081", "9090", "but the host does not listen on it")]
    [InlineData("http://127.0.0.1:9090", "9090", "the only port that the host listens on")]
    [InlineData("http://127.0.0.1:18080", "0", "must be a whole number from 1 to 65535")]
    public async Task A_port_that_separates_nothing_is_refused(string urls, string port, string reason)
    {
        var refused = await TestHost.RefusedAsync([typeof(Greeting)], new() { ["urls"] = urls, [Setting] = port });

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Functions_and_endpoints_of_the_host_are_apart()
    {
        var (first, second) = (FreePort(), FreePort());
        await using var host = await TestHost.StartAsync(
            [typeof(Greeting)],
            new() { ["urls"] = $"http://127.0.0.1:{first};http://127.0.0.1:{second}", [Setting] = $"{second}" }
        );

        Assert.Equal("hello", await host.Http.GetStringAsync($"http://127.0.0.1:{first}/api/greeting", Cancellation));
        foreach (var path in (string[])["healthz/live", "healthz/ready", "metrics", "admin/host/ping"])
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, second, path));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, first, path));
            Assert.Equal(
                HttpStatusCode.NotFound,
                await StatusAsync(host, first, path, hostHeader: $"127.0.0.1:{second}")
            );
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, second, "api/greeting"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<HttpStatusCode> StatusAsync(
        TestHost host,
        int port,
        string path,
        string? hostHeader = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/{path}");
        request.Headers.Host = hostHeader;
        using var answer = await host.Http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    public sealed class Greeting
    {
        [Function(nameof(Greeting))]
        public static IResult Run(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greeting")] HttpRequest request
        ) => TypedResults.Text("hello");
    }
}
