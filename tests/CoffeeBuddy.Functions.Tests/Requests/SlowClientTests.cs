using System.Net.Sockets;
using System.Text;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Clients that send their requests a byte at a time, or never end them.</summary>
public sealed class SlowClientTests(ApiOffice office)
{
    private const int ClientsOfEachKind = 50;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>What a client sends at once, and what it then sends again and again; null: nothing more.</summary>
    private static readonly (string Beginning, string? Drip)[] Kinds =
    [
        (
            "POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n{",
            null
        ),
        (
            "POST /slack/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n1\r\na\r\n",
            null
        ),
        (
            "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nAuthorization: Bearer {token}\r\n\r\n{",
            null
        ),
        ("POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Ty", null),
        (
            "POST /slack/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n",
            "a"
        ),
        (
            "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nAuthorization: Bearer {token}\r\n\r\n",
            " "
        ),
        ("GET /api/v1/runs HTTP/1.1\r\nX-Long: ", "a"),
    ];

    // All kinds at once: each takes as long as the worker's time limits, up to 30 s.
    [Fact]
    public async Task Slow_clients_are_disconnected_and_other_requests_do_not_wait_for_them()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = office.Service();
        var clients = await Task.WhenAll(
            Kinds
                .SelectMany(kind => Enumerable.Repeat(kind, ClientsOfEachKind))
                .Select(async kind =>
                {
                    var client = new TcpClient();
                    await client.ConnectAsync(
                        office.Worker.Address.Host,
                        office.Worker.Address.Port,
                        cancellationToken
                    );
                    var beginning = kind.Beginning.Replace("{token}", token, StringComparison.Ordinal);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellationToken);
                    return (kind.Beginning, Client: client, Ended: DripAsync(client, kind.Drip, over.Token));
                })
        );
        try
        {
            var help = await office.Slack.CommandAsync(
                "/coffee",
                ApiOffice.NewUser(),
                ApiOffice.NewChannel(),
                ("text", "help")
            );
            help.Is(200);

            var ended = Task.WhenAll(clients.Select(client => client.Ended));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMinutes(2), cancellationToken));
            Assert.Empty(
                clients.Where(client => !client.Ended.IsCompleted).Select(client => client.Beginning).Distinct()
            );
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAny(Task.WhenAll(clients.Select(client => client.Ended)));
            foreach (var client in clients)
                client.Client.Dispose();
        }
    }

    /// <summary>Goes on until the worker closes or resets the connection.</summary>
    private static async Task DripAsync(TcpClient client, string? drip, CancellationToken cancellationToken)
    {
        var stream = client.GetStream();
        var end = EndAsync(stream, cancellationToken);
        if (drip is not null)
        {
            using var pace = new PeriodicTimer(Pace);
            try
            {
                while (!end.IsCompleted && await pace.WaitForNextTickAsync(cancellationToken))
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(drip), cancellationToken);
            }
            catch (IOException) { }
        }

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
