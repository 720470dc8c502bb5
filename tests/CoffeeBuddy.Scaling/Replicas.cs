using System.Collections.Concurrent;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Scaling;

/// <summary>
/// The worker processes of role kafka. Starting and stopping takes as long as it takes: what is starting counts as a
/// replica, as it does for the autoscaler; what is stopping does not.
/// </summary>
internal sealed class Replicas(SandboxHost sandbox, CancellationToken stop) : IAsyncDisposable
{
    private readonly List<Task<WorkerProcess>> _workers = [];
    private readonly List<Task> _stopping = [];
    private readonly ConcurrentQueue<string> _faults = [];

    public int Count => _workers.Count;

    /// <summary>How many answer that they are ready.</summary>
    public async Task<int> ReadyAsync()
    {
        var started = _workers.Where(worker => worker.IsCompletedSuccessfully).Select(worker => worker.Result);
        return (await Task.WhenAll(started.Select(IsReadyAsync))).Count(ready => ready);
    }

    /// <summary>Workers that did not start, ended by themselves, or did not end with exit code 0 after SIGTERM.</summary>
    public IReadOnlyList<string> Faults =>
        [
            .. _faults,
            .. _workers
                .Where(worker => worker.IsFaulted)
                .Select(worker => $"did not start: {worker.Exception!.InnerException!.Message}"),
            .. _workers
                .Where(worker => worker.IsCompletedSuccessfully && worker.Result.HasExited)
                .Select(worker => $"ended by itself with exit code {worker.Result.ExitCode}"),
        ];

    /// <summary>Returns when all workers that should run are ready and the others have ended.</summary>
    public async Task SettleAsync()
    {
        await Task.WhenAll(_stopping);
        await Task.WhenAll(_workers);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await ReadyAsync() < Count)
            await ticks.WaitForNextTickAsync(stop);
    }

    public void ScaleTo(int count)
    {
        while (_workers.Count < count)
            // Alive is enough to run: Kubernetes does not restart a pod that is not ready.
            _workers.Add(sandbox.StartReplicaAsync(WorkerRoles.Kafka, "/healthz/live", stop));
        // The youngest first, as a ReplicaSet does.
        while (_workers.Count > count)
        {
            _stopping.Add(EndAsync(_workers[^1]));
            _workers.RemoveAt(_workers.Count - 1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        ScaleTo(0);
        await Task.WhenAll(_stopping);
    }

    private static async Task<bool> IsReadyAsync(WorkerProcess worker)
    {
        try
        {
            using var response = await worker.Management.GetAsync("healthz/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task EndAsync(Task<WorkerProcess> starting)
    {
        try
        {
            await using var worker = await starting;
            // functionTimeout of host.json and 10 s, the grace period of the chart.
            if (await worker.StopAsync(TimeSpan.FromSeconds(70)) is not 0 and var code)
                _faults.Enqueue($"ended with exit code {code} after SIGTERM");
        }
        catch (Exception exception) when (exception is PartFailedException or OperationCanceledException)
        {
            _faults.Enqueue($"did not start: {exception.Message}");
        }
    }
}
