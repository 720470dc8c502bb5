using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Support;

/// <summary>
/// A Kafka listener with SASL_SSL and the mechanism PLAIN in front of a cluster of one broker that has neither. The
/// broker's address in its answers is replaced by this one. It checks a login when a connection opens, as a broker does.
/// </summary>
public sealed class SaslKafka : IAsyncDisposable
{
    private const short SaslHandshake = 17;
    private const short ApiVersions = 18;

    private readonly TlsServer _tls;
    private readonly int _brokerPort;
    private CancellationTokenSource _connections = new();

    public SaslKafka(
        TestCertificate certificate,
        int brokerPort,
        string user,
        string password,
        string? clientAuthority = null
    )
    {
        (_brokerPort, User, Password) = (brokerPort, user, password);
        _tls = new(certificate, serve: ServeAsync, clientAuthority: clientAuthority);
    }

    public string User { get; }

    /// <summary>The password that is accepted.</summary>
    public string Password { get; set; }

    public string BootstrapServers => $"127.0.0.1:{_tls.Port}";

    /// <summary>The passwords of the logins that were accepted, in order.</summary>
    public ConcurrentQueue<string> Accepted { get; } = new();

    /// <summary>Logins that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Ends all connections, as a broker that restarts does.</summary>
    public void Disconnect() => Interlocked.Exchange(ref _connections, new()).Cancel();

    public async ValueTask DisposeAsync()
    {
        Disconnect();
        await _tls.DisposeAsync();
    }

    private async Task ServeAsync(SslStream client, CancellationToken end)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end, _connections.Token);
        using var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, _brokerPort, stop.Token);
        var broker = connection.GetStream();
        while (await ReadAsync(client, stop.Token) is { } frame)
        {
            var api = frame.Length >= 8 ? BinaryPrimitives.ReadInt16BigEndian(frame) : 0;
            if (api == ApiVersions)
            {
                await WriteAsync(broker, frame, stop.Token);
                if (await ReadAsync(broker, stop.Token) is not { } versions)
                    return;
                await WriteAsync(client, WithHandshake(frame, versions), stop.Token);
            }
            else if (api == SaslHandshake)
            {
                // Correlation id, no error, one mechanism.
                await WriteAsync(client, [.. frame[4..8], 0, 0, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8], stop.Token);
            }
            else if (Accepts(frame))
            {
                await WriteAsync(client, [], stop.Token);
                await Task.WhenAny(CopyAsync(client, broker, stop.Token), CopyAsync(broker, client, stop.Token));
                return;
            }
            else
            {
                Refused++;
                return;
            }
        }
    }

    /// <summary>The broker's answer to ApiVersions, with SaslHandshake version 0 added.</summary>
    private static byte[] WithHandshake(byte[] request, byte[] answer)
    {
        var isCompact = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)) >= 3;
        if (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(4)) != 0)
            return answer; // This version of the request is not supported: the client asks again.
        if (isCompact)
        {
            answer[6]++;
            return [.. answer[..7], 0, (byte)SaslHandshake, 0, 0, 0, 0, 0, .. answer[7..]];
        }

        BinaryPrimitives.WriteInt32BigEndian(
            answer.AsSpan(6),
            BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6)) + 1
        );
        return [.. answer[..10], 0, (byte)SaslHandshake, 0, 0, 0, 0, .. answer[10..]];
    }

    // RFC 4616: [authzid] NUL authcid NUL passwd. After version 0 of the handshake it comes in a frame of its own.
    private bool Accepts(byte[] frame)
    {
        if (Encoding.UTF8.GetString(frame).Split('\0') is not [_, var user, var password])
            return false;
        if (user != User || password != Password)
            return false;
        Accepted.Enqueue(password);
        return true;
    }

    private async Task CopyAsync(Stream from, Stream to, CancellationToken stop)
    {
        try
        {
            while (await ReadAsync(from, stop) is { } frame)
            {
                if (from is NetworkStream)
                    ReplaceAddress(frame);
                await WriteAsync(to, frame, stop);
            }
        }
        catch (Exception exception)
            when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has closed; the other is closed too.
        }
    }

    // In the protocol an address is its host, after the length, and four bytes with the port.
    private void ReplaceAddress(byte[] frame)
    {
        byte[] address = [.. "127.0.0.1"u8, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(address.AsSpan(^4..), _brokerPort);
        for (var from = 0; frame.AsSpan(from).IndexOf(address) is var at and >= 0; from += at + 1)
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(from + at + address.Length - 4), _tls.Port);
    }

    private static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var size = new byte[4];
        if (await stream.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false, stop) < size.Length)
            return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, stop);
        return frame;
    }

    private static async Task WriteAsync(Stream stream, byte[] frame, CancellationToken stop)
    {
        var framed = new byte[frame.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(framed, frame.Length);
        frame.CopyTo(framed, 4);
        await stream.WriteAsync(framed, stop);
        await stream.FlushAsync(stop);
    }
}
