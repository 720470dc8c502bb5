using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using CoffeeBuddy.Slack.SocketMode;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SocketConnectionTests
{
    [Fact]
    public async Task Acknowledgements_that_wait_for_each_other_end_with_the_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        // Slack's side reads nothing: the first answer is never sent completely, and the others wait for it.
        using var slack = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var connection = new SocketConnection(
            WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions())
        );
        var answer = new byte[16 * 1024 * 1024];
        answer.AsSpan().Fill((byte)'1');
        List<Task> acknowledgements =
        [
            .. Enumerable
                .Range(1, 3)
                .Select(id => connection.AcknowledgeAsync($"{id}", answer, CancellationToken.None)),
        ];
        Assert.DoesNotContain(acknowledgements, acknowledgement => acknowledgement.IsCompleted);

        connection.Dispose();

        foreach (var acknowledgement in acknowledgements)
        {
            var error = await Record.ExceptionAsync(() =>
                acknowledgement.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)
            );
            Assert.True(error is WebSocketException or IOException or ObjectDisposedException, $"{error}");
        }
    }
}
