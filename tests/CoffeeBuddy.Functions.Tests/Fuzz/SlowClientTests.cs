using System.Net.Sockets;
using System.Text;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Clients that send their requests a byte at a time, or not at all.</summary>
public sealed class SlowClientTests(ApiOffice office)
{
    private const int Clients = 100;

    [Theory]
    [InlineData("POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n{")]
    [InlineData("POST /slack/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nX-Slack-Signature: v0=00\r\nX-Slack-Request-Timestamp: 1\r\n\r\n1\r\na\r\n")]
    public async Task Those_who_never_finish_are_shown_out_and_keep_nobody_waiting(string beginning)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var clients = Enumerable.Range(0, Clients).Select(_ => new TcpClient()).ToList();
        try
        {
            await Task.WhenAll(clients.Select(async client =>
            {
                await client.ConnectAsync(office.Worker.Address.Host, office.Worker.Address.Port, cancellationToken);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), cancellationToken);
            }));

            (await office.Slack.CommandAsync("/coffee", Office.NewUser(), Office.NewChannel(), ("text", "help"))).Is(200);

            // The end of the stream, or its reset: the worker has let go.
            await Task.WhenAll(clients.Select(client => EndAsync(client, cancellationToken))).WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task EndAsync(TcpClient client, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }
}
