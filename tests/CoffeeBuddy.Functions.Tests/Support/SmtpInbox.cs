using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>A mail relay on this machine that keeps what it gets: SMTP (RFC 5321), as much of it as a client needs.</summary>
public sealed class SmtpInbox : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _busy;

    public SmtpInbox()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was taken on, in order.</summary>
    public ConcurrentQueue<MimeMessage> Messages { get; } = new();

    /// <summary>Has the next ones be told to come again (451).</summary>
    public void BeBusy(int times) => Interlocked.Exchange(ref _busy, times);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream(), Encoding.Latin1))
        using (var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true })
        {
            try
            {
                await writer.WriteLineAsync("220 relay.example.com ready");
                while (await reader.ReadLineAsync(_stop.Token) is { } command && !command.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                    await writer.WriteLineAsync(await AnswerAsync(command.ToUpperInvariant(), reader, writer));
                await writer.WriteLineAsync("221 bye");
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // They hung up.
            }
        }
    }

    private async Task<string> AnswerAsync(string command, StreamReader reader, StreamWriter writer)
    {
        if (command.StartsWith("MAIL", StringComparison.Ordinal))
            return Interlocked.Decrement(ref _busy) >= 0 ? "451 come again" : "250 ok";
        if (command != "DATA")
            return "250 ok";
        await writer.WriteLineAsync("354 go on");
        var lines = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
            lines.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(lines.ToString()));
        Messages.Enqueue(await MimeMessage.LoadAsync(bytes, _stop.Token));
        return "250 taken";
    }
}
