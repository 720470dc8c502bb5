using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;

namespace CoffeeBuddy.Chaos;

/// <summary>The worker processes: what an orchestrator does with them, and what is done to them.</summary>
internal sealed class Workers(SandboxHost sandbox) : IAsyncDisposable
{
    private const int MostExtra = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Roles = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    private readonly Lock _gate = new();
    private readonly List<WorkerProcess> _extra = [];
    private readonly HashSet<string> _away = new(StringComparer.Ordinal);
    private readonly List<string> _ended = [];

    /// <summary>Workers that ended without being told to, or did not start, with their last line; each was started again.</summary>
    public IReadOnlyList<string> EndedByThemselves
    {
        get
        {
            lock (_gate)
                return [.. _ended];
        }
    }

    /// <summary>All that run now, by role.</summary>
    public IReadOnlyList<(string Role, WorkerProcess Worker)> Running
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. Roles.Where(role => !_away.Contains(role)).Select(role => (role, sandbox.Workers.GetValueOrDefault(role)!)).Where(worker => worker.Item2 is { HasExited: false }),
                    .. _extra.Where(worker => !worker.HasExited).Select(worker => (WorkerRoles.Kafka, worker)),
                ];
            }
        }
    }

    public async Task KillAsync(string role)
    {
        Leave(role);
        await sandbox.KillWorkerAsync(role);
    }

    public async Task StopAsync(string role)
    {
        Leave(role);
        await sandbox.StopWorkerAsync(role);
    }

    public Task SignalAsync(string role, string signal)
    {
        sandbox.Workers.GetValueOrDefault(role)?.Signal(signal);
        return Task.CompletedTask;
    }

    /// <summary>Starts the role's worker, again and again until it runs, as an orchestrator would.</summary>
    public async Task StartAsync(string role)
    {
        while (true)
        {
            try
            {
                await sandbox.StartWorkerAsync(role);
                lock (_gate)
                    _away.Remove(role);
                return;
            }
            catch (PartFailedException failure)
            {
                Note(role, failure);
                await Task.Delay(Interval);
            }
        }
    }

    public async Task ScaleOutAsync()
    {
        lock (_gate)
        {
            if (_extra.Count >= MostExtra)
                return;
        }

        try
        {
            var worker = await sandbox.StartReplicaAsync(WorkerRoles.Kafka);
            lock (_gate)
                _extra.Add(worker);
        }
        catch (PartFailedException failure)
        {
            Note("extra kafka", failure);
        }
    }

    public async Task ScaleInAsync(bool kill)
    {
        WorkerProcess worker;
        lock (_gate)
        {
            if (_extra.Count == 0)
                return;
            worker = _extra[0];
            _extra.RemoveAt(0);
        }

        if (kill)
            await worker.KillAsync();
        else
            await worker.StopAsync();
        await worker.DisposeAsync();
    }

    /// <summary>Starts again what ended by itself.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var role in Roles)
            {
                if (!IsAway(role) && sandbox.Workers.GetValueOrDefault(role) is { HasExited: true } dead)
                {
                    Note(role, dead.Failure($"ended by itself with exit code {dead.ExitCode}"));
                    Leave(role);
                    await StartAsync(role);
                }
            }

            await Pauses.AtMostAsync(Interval, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _extra)
            await worker.DisposeAsync();
    }

    private bool IsAway(string role)
    {
        lock (_gate)
            return _away.Contains(role);
    }

    private void Leave(string role)
    {
        lock (_gate)
            _away.Add(role);
    }

    private void Note(string role, PartFailedException failure)
    {
        lock (_gate)
            _ended.Add($"{role}: {failure.Message.Split('\n')[0]} {(failure.LastLines is [.., var last] ? last : "")}");
    }
}
