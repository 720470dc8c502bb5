namespace Support;

/// <summary>
/// A TCP proxy. Counts round trips: how often the client sends after the server has sent. Loses or holds back an answer on
/// request; an answer is what one read from the server returns, which for the small answers here is all of it.
/// </summary>
public sealed class CountingRelay : IAsyncDisposable
{
    private readonly TcpRelay _relay;
    private readonly Lock _lock = new();
    private bool _clientSpokeLast;
    private int _answersUntilAction;
    private Func<CancellationToken, Task<bool>>? _action;

    public CountingRelay(int serverPort) => _relay = new(serverPort, PassesAsync);

    public int Port => _relay.Port;

    public int RoundTrips { get; private set; }

    public void Reset()
    {
        lock (_lock)
            RoundTrips = 0;
    }

    /// <summary>Ends the connection instead of passing on an answer of the server.</summary>
    /// <param name="after">How many answers are passed on before.</param>
    public void LoseNextAnswer(int after = 0) => ActOn(after, _ => Task.FromResult(false));

    /// <summary>Holds an answer of the server back, until the returned source is completed.</summary>
    /// <inheritdoc cref="LoseNextAnswer"/>
    public (Task Held, TaskCompletionSource Release) HoldNextAnswer(int after = 0)
    {
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        ActOn(
            after,
            async end =>
            {
                held.SetResult();
                await release.Task.WaitAsync(end);
                return true;
            }
        );
        return (held.Task, release);
    }

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private Task<bool> PassesAsync(bool fromClient, CancellationToken end)
    {
        Count(fromClient);
        return !fromClient && TakeAction() is { } action ? action(end) : Task.FromResult(true);
    }

    private void ActOn(int after, Func<CancellationToken, Task<bool>> action)
    {
        lock (_lock)
            (_answersUntilAction, _action) = (after, action);
    }

    private Func<CancellationToken, Task<bool>>? TakeAction()
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
