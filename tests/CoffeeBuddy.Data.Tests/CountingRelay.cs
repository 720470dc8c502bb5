using System.Net;
using System.Net.Sockets;

namespace CoffeeBuddy.Data.Tests;

/// <summary>
/// A TCP proxy. Counts round trips: how often the client sends after the server has sent. Loses or holds back an answer
/// on request; an answer is what one read from the server returns, which for the small answers here is all of it.
/// </summary>
internal sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private bool _clientSpokeLast;
    private int _answersUntilAction;
    private Func<Task<bool>>? _action;

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

    /// <summary>Ends the connection instead of passing on an answer of the server.</summary>
    /// <param name="after">How many answers are passed on before.</param>
    public void LoseNextAnswer(int after = 0) => ActOn(after, () => Task.FromResult(false));

    /// <summary>Holds an answer of the server back, until the returned source is completed.</summary>
    /// <inheritdoc cref="LoseNextAnswer"/>
    public (Task Held, TaskCompletionSource Release) HoldNextAnswer(int after = 0)
    {
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        ActOn(
            after,
            async () =>
            {
                held.SetResult();
                await release.Task.WaitAsync(_end.Token);
                return true;
            }
        );
        return (held.Task, release);
    }

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
                if (!fromClient && TakeAction() is { } action && !await action())
                    return;

                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or ObjectDisposedException) { }
    }

    private void ActOn(int after, Func<Task<bool>> action)
    {
        lock (_lock)
            (_answersUntilAction, _action) = (after, action);
    }

    private Func<Task<bool>>? TakeAction()
    {
        lock (_lock)
        {
            if (_action is not { } action || _answersUntilAction-- > 0)
                return null;
            _action = null;
            return action;
        }
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
