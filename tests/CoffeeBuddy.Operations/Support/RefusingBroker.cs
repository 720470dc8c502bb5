using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CoffeeBuddy.Operations.Support;

/// <summary>
/// A Kafka broker that refuses every password: the mock cluster knows no logins. It speaks as much of Kafka's protocol
/// as a client needs to be refused: ApiVersions, SaslHandshake and SaslAuthenticate.
/// </summary>
public sealed class RefusingBroker : IDisposable
{
    public const string Reason = "Invalid username or password";

    private const short SaslHandshake = 17;
    private const short ApiVersions = 18;
    private const short SaslAuthenticate = 36;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _refusals;

    public RefusingBroker()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>How often a password was refused.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>The environment of a worker that logs in to this broker.</summary>
    public IReadOnlyList<(string Name, string? Value)> Settings =>
        [
            ("Kafka__BootstrapServers", _listener.LocalEndpoint.ToString()),
            ("Kafka__SecurityProtocol", "SaslPlaintext"),
            ("Kafka__SaslMechanism", "Plain"),
            ("Kafka__Username", "worker"),
            ("Kafka__Password", "wrong"),
        ];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closed = client;
        var stream = client.GetStream();
        var size = new byte[4];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(size, _stop.Token);
                var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await stream.ReadExactlyAsync(request, _stop.Token);
                var key = BinaryPrimitives.ReadInt16BigEndian(request);
                var answer = Answer(key, BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2)));
                BinaryPrimitives.WriteInt32BigEndian(size, 4 + answer.Length);
                await stream.WriteAsync((byte[])[.. size, .. request[4..8], .. answer], _stop.Token);
                if (key == SaslAuthenticate)
                    Interlocked.Increment(ref _refusals);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has closed the connection, or this broker was disposed.
        }
    }

    private static byte[] Answer(short key, short version) =>
        key switch
        {
            // 35: unsupported version. The client asks again with version 0.
            ApiVersions =>
            [
                .. Number(version == 0 ? 0 : 35),
                .. (byte[])[0, 0, 0, 3],
                .. new[] { SaslHandshake, 0, 1, ApiVersions, 0, 0, SaslAuthenticate, 0, 0 }.SelectMany(Number),
            ],
            SaslHandshake => [.. Number(0), 0, 0, 0, 1, .. Text("PLAIN")],
            // 58: SASL authentication failed.
            _ => [.. Number(58), .. Text(Reason), 0, 0, 0, 0],
        };

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Text(string text) => [.. Number(text.Length), .. Encoding.UTF8.GetBytes(text)];
}
