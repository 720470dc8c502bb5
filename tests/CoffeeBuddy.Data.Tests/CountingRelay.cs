using System.Net;
using System.Net.Sockets;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Stands between a client and a server: counts how often the client spoke after the server had, which is the round trips, and loses an answer when told to.</summary>
internal sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private bool _clientSpokeLast;
    private volatile bool _loseNext;

    public CountingRelay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int RoundTrips { get; private set; }

    public void Reset()
    {
        lock (_lock)
            RoundTrips = 0;
    }

    /// <summary>What the server says next is not told: the connection ends instead.</summary>
    public void LoseNextAnswer() => _loseNext = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        await far.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
        await Task.WhenAny(
            PumpAsync(near.GetStream(), far.GetStream(), fromClient: true),
            PumpAsync(far.GetStream(), near.GetStream(), fromClient: false)
        );
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is var read and > 0)
            {
                Count(fromClient);
                if (!fromClient && _loseNext)
                {
                    _loseNext = false;
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or ObjectDisposedException) { }
    }

    private void Count(bool fromClient)
    {
        lock (_lock)
        {
            if (fromClient && !_clientSpokeLast)
                RoundTrips++;
            _clientSpokeLast = fromClient;
        }
    }
}
