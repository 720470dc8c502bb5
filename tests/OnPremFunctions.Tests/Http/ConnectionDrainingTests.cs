using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

public sealed class ConnectionDrainingTests
{
    private const string LingerTimeout = "AzureFunctionsJobHost:extensions:http:lingerTimeout";

    [Fact]
    public async Task A_stopping_host_answers_with_Connection_close_until_clients_have_closed()
    {
        await using var host = await TestHost.StartAsync([typeof(Greeting)], new() { [LingerTimeout] = "00:00:50" });
        using var before = await host.GetAsync("/api/greeting");

        var stopping = host.StopAsync();
        using var meanwhile = await host.GetAsync("/api/greeting");
        await stopping;

        Assert.Equal((HttpStatusCode.OK, null), (before.StatusCode, before.Headers.ConnectionClose));
        Assert.Equal((HttpStatusCode.OK, true), (meanwhile.StatusCode, meanwhile.Headers.ConnectionClose));
        await Assert.ThrowsAsync<HttpRequestException>(() => host.GetAsync("/api/greeting"));
    }

    [Fact]
    public async Task A_stopping_host_answers_a_request_on_a_connection_that_was_idle()
    {
        await using var host = await TestHost.StartAsync([typeof(Greeting)], new() { [LingerTimeout] = "00:00:50" });
        using var early = await ConnectAsync(host);

        var stopping = host.StopAsync();
        await Eventually.TrueAsync(
            async () => await IsRefusedAsync(host.Http.BaseAddress!),
            "the host accepts no more connections"
        );
        await early
            .GetStream()
            .WriteAsync(
                "GET /api/greeting HTTP/1.1\r\nHost: worker\r\n\r\n"u8.ToArray(),
                TestContext.Current.CancellationToken
            );
        using var reader = new StreamReader(early.GetStream());
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        await stopping;

        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_host_closes_idle_connections_after_the_linger_timeout()
    {
        await using var host = await TestHost.StartAsync([typeof(Greeting)], new() { [LingerTimeout] = "00:00:00.05" });
        using var silent = await ConnectAsync(host);

        await host.StopAsync();

        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// Returns a connection that the host has accepted: the host accepts in order, and a later connection was answered.
    /// </summary>
    private static async Task<TcpClient> ConnectAsync(TestHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(
            host.Http.BaseAddress!.Host,
            host.Http.BaseAddress.Port,
            TestContext.Current.CancellationToken
        );
        host.Http.DefaultRequestHeaders.ConnectionClose = true;
        using var later = await host.GetAsync("/api/greeting");
        return client;
    }

    private static async Task<bool> IsRefusedAsync(Uri host)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host.Host, host.Port, TestContext.Current.CancellationToken);
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    private static class Greeting
    {
        [Function("Greeting")]
        public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
            Results.Text("hello");
    }
}
