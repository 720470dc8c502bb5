using Microsoft.Extensions.Logging;

namespace SlackSimulator.ToApp;

/// <summary>Work that goes on after an answer, such as delivering events; ended with the server.</summary>
internal sealed partial class BackgroundWork(ILogger<BackgroundWork> logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _ended = new();
    private bool _disposed;

    public void Start(Func<CancellationToken, Task> work)
    {
        if (Volatile.Read(ref _disposed))
            return;
        var task = RunAsync(work);
        lock (_gate)
            _running.Add(task);
        _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Work whose result somebody waits for; it goes on when they have gone.</summary>
    /// <param name="waiting">Ends the waiting, not the work.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken waiting)
    {
        var task = work(_ended.Token);
        Start(_ => task);
        return await task.WaitAsync(waiting);
    }

    /// <summary>Cancels what runs and waits for its end; may be called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _ended.CancelAsync();
        Task[] left;
        lock (_gate)
            left = [.. _running];
        await Task.WhenAll(left);
        _ended.Dispose();
    }

    private void Forget(Task task)
    {
        lock (_gate)
            _running.Remove(task);
    }

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        await Task.Yield();
        try
        {
            await work(_ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        catch (SimError)
        {
            // What a person asked for cannot be done: they are told, when they still wait.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.Failed(logger, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Background work failed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
