using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Chaos;

/// <summary>A worker that ended unexpectedly or did not start.</summary>
/// <param name="Starting">It did not start, for example because a part that it needs was down.</param>
/// <param name="From">The last time it was seen running, or the time of its start.</param>
public sealed record WorkerEnd(string Role, bool Starting, DateTimeOffset From, DateTimeOffset To, string What)
{
    public override string ToString() => $"{Role} at {To:HH:mm:ss}: {What}";
}

/// <summary>Starts, stops and kills the worker processes, and restarts them as an orchestrator does.</summary>
/// <param name="stop">Cancels the start of workers.</param>
internal sealed class Workers(SandboxHost sandbox, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    public const int MostExtra = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A role that could not be started within this time is a failure.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<string> Roles { get; } = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    private readonly Lock _gate = new();
    private readonly List<WorkerProcess> _extra = [];
    private readonly HashSet<string> _away = new(StringComparer.Ordinal);
    private readonly List<WorkerEnd> _ends = [];

    public IReadOnlyList<WorkerEnd> Ends
    {
        get
        {
            lock (_gate)
                return [.. _ends];
        }
    }

    /// <summary>The running workers with their roles.</summary>
    public IReadOnlyList<(string Role, WorkerProcess Worker)> Running
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. Roles
                        .Where(role => !_away.Contains(role))
                        .Select(role => (role, sandbox.Workers.GetValueOrDefault(role)!))
                        .Where(worker => worker.Item2 is { HasExited: false }),
                    .. _extra.Where(worker => !worker.HasExited).Select(worker => (WorkerRoles.Kafka, worker)),
                ];
            }
        }
    }

    /// <returns>True if a worker was killed; accordingly for the methods below.</returns>
    public async Task<bool> KillAsync(string role)
    {
        if (!Leave(role))
            return false;
        await sandbox.KillWorkerAsync(role);
        return true;
    }

    public async Task<bool> StopAsync(string role)
    {
        if (!Leave(role))
            return false;
        var asked = time.GetUtcNow();
        Note(role, asked, await sandbox.StopWorkerAsync(role));
        return true;
    }

    public bool Signal(string role, string signal)
    {
        if (IsAway(role) || sandbox.Workers.GetValueOrDefault(role) is not { HasExited: false } worker)
            return false;
        worker.Signal(signal);
        return true;
    }

    /// <summary>Starts the worker of this role, and tries again until it runs.</summary>
    /// <exception cref="PartFailedException">It did not start within the time limit.</exception>
    public async Task StartAsync(string role)
    {
        for (var began = time.GetTimestamp(); ; )
        {
            var from = time.GetUtcNow();
            try
            {
                await sandbox.StartWorkerAsync(role, stop);
                lock (_gate)
                    _away.Remove(role);
                return;
            }
            catch (PartFailedException failure)
            {
                Note(role, starting: true, from, failure);
                if (time.GetElapsedTime(began) > StartLimit)
                    throw;
                await Task.Delay(Interval, stop);
            }
        }
    }

    public async Task<bool> ScaleOutAsync()
    {
        var from = time.GetUtcNow();
        try
        {
            // Waits for liveness only: readiness needs membership in the consumer groups, which other faults can delay
            // for long.
            var worker = await sandbox.StartReplicaAsync(WorkerRoles.Kafka, "/healthz/live", stop);
            lock (_gate)
                _extra.Add(worker);
            return true;
        }
        catch (PartFailedException failure)
        {
            Note("extra kafka", starting: true, from, failure);
            return false;
        }
    }

    public async Task<bool> ScaleInAsync(bool kill)
    {
        WorkerProcess worker;
        lock (_gate)
        {
            if (_extra is not [var first, ..])
                return false;
            worker = first;
            _extra.RemoveAt(0);
        }

        var asked = time.GetUtcNow();
        if (kill)
            await worker.KillAsync();
        else
            Note("extra kafka", asked, await worker.StopAsync());
        await worker.DisposeAsync();
        return true;
    }

    /// <summary>Restarts workers that ended unexpectedly.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var role in Roles)
            {
                if (sandbox.Workers.GetValueOrDefault(role) is { HasExited: true } dead && Leave(role))
                {
                    NoteOwnEnd(role, dead);
                    await BringBackAsync(role);
                }
            }

            await WatchExtraAsync();
            await Pauses.AtMostAsync(Interval, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _extra)
            await worker.DisposeAsync();
    }

    private async Task WatchExtraAsync()
    {
        List<WorkerProcess> dead;
        lock (_gate)
        {
            dead = _extra.FindAll(worker => worker.HasExited);
            _extra.RemoveAll(dead.Contains);
        }

        foreach (var worker in dead)
        {
            NoteOwnEnd("extra kafka", worker);
            await worker.DisposeAsync();
        }
    }

    private async Task BringBackAsync(string role)
    {
        try
        {
            await StartAsync(role);
        }
        catch (Exception exception) when (exception is PartFailedException or OperationCanceledException)
        {
            // Noted already, or cancelled. The other roles are still watched.
        }
    }

    private bool IsAway(string role)
    {
        lock (_gate)
            return _away.Contains(role);
    }

    /// <returns>False if another caller has stopped this role and not yet restarted it.</returns>
    private bool Leave(string role)
    {
        lock (_gate)
            return _away.Add(role);
    }

    /// <summary>Notes a worker that did not end with exit code 0 after SIGTERM.</summary>
    private void Note(string role, DateTimeOffset asked, int? code)
    {
        if (code is not (0 or null))
            Note(new(role, Starting: false, asked, time.GetUtcNow(), $"ended with exit code {code} after SIGTERM"));
    }

    private void NoteOwnEnd(string role, WorkerProcess worker) =>
        Note(
            role,
            starting: false,
            time.GetUtcNow() - Interval,
            worker.Failure($"ended unexpectedly with exit code {worker.ExitCode}")
        );

    private void Note(string role, bool starting, DateTimeOffset from, PartFailedException failure) =>
        Note(
            new(
                role,
                starting,
                from,
                time.GetUtcNow(),
                $"{failure.Message.Split('\n')[0]} {(failure.LastLines is [.., var last] ? last : "")}"
            )
        );

    private void Note(WorkerEnd end)
    {
        lock (_gate)
            _ends.Add(end);
    }
}
