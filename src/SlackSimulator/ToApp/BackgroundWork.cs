using Microsoft.Extensions.Logging;

namespace SlackSimulator.ToApp;

/// <summary>
/// Runs work that continues after a request was answered, such as the delivery of events. The server cancels it when it
/// stops.
/// </summary>
internal sealed partial class BackgroundWork(ILogger<BackgroundWork> logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stopping = new();
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

    /// <summary>Runs work and returns its result.</summary>
    /// <param name="waiting">Cancels the wait for the result; the work continues.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken waiting)
    {
        var task = work(_stopping.Token);
        Start(_ => task);
        return await task.WaitAsync(waiting);
    }

    /// <summary>Cancels running work and waits until it has ended. Can be called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stopping.CancelAsync();
        Task[] running;
        lock (_gate)
            running = [.. _running];
        await Task.WhenAll(running);
        _stopping.Dispose();
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
            await work(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
        catch (SimulatorError)
        {
            // The request was refused. RunAsync<T> reports it to the caller.
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
