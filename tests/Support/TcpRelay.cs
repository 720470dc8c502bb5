using System.Net;
using System.Net.Sockets;

namespace Support;

/// <summary>A TCP proxy to a server on 127.0.0.1, at a port of its own. A test decides what happens to each chunk.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private volatile int _serverPort;
    private readonly Func<bool, CancellationToken, Task<bool>> _passes;
    private readonly Task _accepting;

    /// <param name="passes">
    /// Called before a chunk is passed on, with whether it comes from the client and a token that ends with the relay.
    /// False ends the connection instead.
    /// </param>
    public TcpRelay(int serverPort, Func<bool, CancellationToken, Task<bool>> passes)
    {
        (_serverPort, _passes) = (serverPort, passes);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>
    /// New connections lead to another server, as after a failover with a virtual IP address. The others stay.
    /// </summary>
    public void LeadTo(int serverPort) => _serverPort = serverPort;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        // Before the listener stops: to accept with a stopped one throws InvalidOperationException.
        await _accepting;
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
            await Task.WhenAny(
                CopyAsync(client.GetStream(), server.GetStream(), fromClient: true),
                CopyAsync(server.GetStream(), client.GetStream(), fromClient: false)
            );
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over, or the server is gone: the client's connection ends with this method.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is var read and > 0)
            {
                if (!await _passes(fromClient, _end.Token))
                    return;
                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One side has closed; the other is closed too.
        }
    }
}
