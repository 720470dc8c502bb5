using System.Net.Sockets;
using System.Text;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Clients that send their requests a byte at a time, or not at all.</summary>
public sealed class SlowClientTests(ApiOffice office)
{
    private const int Clients = 100;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(
        "POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n{"
    )]
    [InlineData(
        "POST /slack/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n1\r\na\r\n"
    )]
    [InlineData(
        "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nAuthorization: Bearer {token}\r\n\r\n{"
    )]
    [InlineData("POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Ty")]
    public async Task Those_who_never_finish_are_shown_out_and_keep_nobody_waiting(string beginning)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var token = office.Service();
        var clients = Enumerable.Range(0, Clients).Select(_ => new TcpClient()).ToList();
        try
        {
            await Task.WhenAll(
                clients.Select(async client =>
                {
                    await client.ConnectAsync(
                        office.Worker.Address.Host,
                        office.Worker.Address.Port,
                        cancellationToken
                    );
                    await client
                        .GetStream()
                        .WriteAsync(
                            Encoding.ASCII.GetBytes(beginning.Replace("{token}", token, StringComparison.Ordinal)),
                            cancellationToken
                        );
                })
            );

            (await office.Slack.CommandAsync("/coffee", Office.NewUser(), Office.NewChannel(), ("text", "help"))).Is(
                200
            );

            // The end of the stream, or its reset: the worker has let go.
            await Task.WhenAll(clients.Select(client => EndAsync(client.GetStream(), cancellationToken)))
                .WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Theory]
    [InlineData(
        "POST /slack/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n",
        "a"
    )]
    [InlineData(
        "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nAuthorization: Bearer {token}\r\n\r\n",
        " "
    )]
    [InlineData("GET /api/v1/runs HTTP/1.1\r\nX-Long: ", "a")]
    public async Task Those_who_send_a_byte_at_a_time_are_shown_out_too(string beginning, string drop)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        beginning = beginning.Replace("{token}", office.Service(), StringComparison.Ordinal);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dripping = Enumerable.Range(0, Clients).Select(_ => DripAsync(beginning, drop, over.Token)).ToList();
        try
        {
            (await office.Slack.CommandAsync("/coffee", Office.NewUser(), Office.NewChannel(), ("text", "help"))).Is(
                200
            );

            await Task.WhenAll(dripping).WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAny(Task.WhenAll(dripping));
        }
    }

    /// <summary>Goes on until the worker has had enough of it.</summary>
    private async Task DripAsync(string beginning, string drop, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(office.Worker.Address.Host, office.Worker.Address.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellationToken);
        var end = EndAsync(stream, cancellationToken);
        using var pace = new PeriodicTimer(Pace);
        try
        {
            while (!end.IsCompleted && await pace.WaitForNextTickAsync(cancellationToken))
                await stream.WriteAsync(Encoding.ASCII.GetBytes(drop), cancellationToken);
        }
        catch (IOException) { }

        await end;
    }

    private static async Task EndAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) > 0) { }
        }
        catch (IOException) { }
    }
}
