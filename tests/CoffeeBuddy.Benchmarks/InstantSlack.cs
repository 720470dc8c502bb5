using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CoffeeBuddy.Benchmarks;

/// <summary>
/// Slack's Web API reduced to its answers: each call succeeds at once. Costs the machine as little as possible.
/// </summary>
internal sealed class InstantSlack : IAsyncDisposable
{
    private static readonly byte[] Channel = "\"channel\":\""u8.ToArray();
    private static readonly byte[] Person = "\"users\":\"U"u8.ToArray();
    private static readonly byte[] NoChannel = AnswerOf("D0BENCH001");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private Watch? _watch;
    private int _posts;
    private long _lastCall;

    private InstantSlack()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How many messages were posted, to all or to one person.</summary>
    public int Posts => Volatile.Read(ref _posts);

    /// <summary>When it was last called, as a <see cref="Stopwatch"/> timestamp; 0: never.</summary>
    public long LastCall => Volatile.Read(ref _lastCall);

    public static InstantSlack Start() => new();

    /// <summary>
    /// Completes when a message is posted whose JSON contains both texts. A second call replaces the first.
    /// </summary>
    /// <returns>When it arrived, as a <see cref="Stopwatch"/> timestamp.</returns>
    public Task<long> PostedAsync(string first, string second)
    {
        var watch = new Watch(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));
        Volatile.Write(ref _watch, watch);
        return watch.Arrived.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var buffer = new byte[128 * 1024];
        var length = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token) is > 0 and var read)
            {
                length += read;
                if (!IsWhole(buffer.AsSpan(0, length)))
                    continue;
                Note(buffer.AsSpan(0, length));
                await socket.SendAsync(AnswerTo(buffer.AsSpan(0, length)), _stop.Token);
                length = 0;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The client has gone, or the end.
        }
    }

    private void Note(ReadOnlySpan<byte> request)
    {
        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _lastCall, now);
        if (!request.StartsWith("POST /api/chat.post"u8))
            return;
        Interlocked.Increment(ref _posts);
        if (
            Volatile.Read(ref _watch) is { } watch
            && request.IndexOf(watch.First) >= 0
            && request.IndexOf(watch.Second) >= 0
        )
            watch.Arrived.TrySetResult(now);
    }

    private sealed record Watch(byte[] First, byte[] Second)
    {
        public TaskCompletionSource<long> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A client sends one request at a time.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var head = request.IndexOf("\r\n\r\n"u8);
        return head >= 0
            && request.Length >= head + 4 + Load.HttpMessage.ContentLength(request[..head]).GetValueOrDefault();
    }

    /// <summary>
    /// With the channel of the request, or the person's for direct messages: the app counts its messages by channel.
    /// </summary>
    private static byte[] AnswerTo(ReadOnlySpan<byte> request)
    {
        if (TextAfter(request, Channel) is { } channel)
            return AnswerOf(channel);
        return TextAfter(request, Person) is { } person ? AnswerOf($"D{person}") : NoChannel;
    }

    private static string? TextAfter(ReadOnlySpan<byte> request, ReadOnlySpan<byte> start)
    {
        var at = request.IndexOf(start);
        if (at < 0)
            return null;
        var text = request[(at + start.Length)..];
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)'"')]);
    }

    private static byte[] AnswerOf(string channel)
    {
        var json =
            $$"""{"ok":true,"ts":"1700000000.000100","channel":"{{channel}}","view":{"id":"V1","hash":"1"},"user_id":"U0BOT00001","bot_id":"B0BOT00001","team_id":"T0SIM00001"}""";
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {json.Length}\r\n\r\n{json}"
        );
    }
}
