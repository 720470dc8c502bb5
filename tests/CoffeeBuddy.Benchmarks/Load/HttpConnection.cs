using System.Net;
using System.Net.Sockets;

namespace CoffeeBuddy.Benchmarks.Load;

/// <summary>A connection that stays open and carries one request at a time.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private HttpConnection() { }

    public static async Task<HttpConnection> OpenAsync(int port, CancellationToken stop)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return connection;
    }

    /// <returns>The status code of the answer.</returns>
    public async ValueTask<int> ExchangeAsync(byte[] request, CancellationToken stop)
    {
        await _socket.SendAsync(request, stop);
        var length = 0;
        while (await _socket.ReceiveAsync(_buffer.AsMemory(length), stop) is > 0 and var read)
        {
            length += read;
            if (HttpMessage.IsComplete(_buffer.AsSpan(0, length), out var status))
                return status;
        }

        throw new IOException("The server has closed the connection.");
    }

    public void Dispose() => _socket.Dispose();
}
