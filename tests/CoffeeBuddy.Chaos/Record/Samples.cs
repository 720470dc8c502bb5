using System.Globalization;
using System.Net.Sockets;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;
using Npgsql;

namespace CoffeeBuddy.Chaos.Record;

/// <summary>The resources of a worker process at one time.</summary>
/// <param name="Connections">Connections to PostgreSQL, from pg_stat_activity; null if that could not be read.</param>
/// <param name="Busy">Connections that execute a statement or are in a transaction.</param>
public sealed record Sample(
    TimeSpan At,
    string Role,
    int ProcessId,
    double MemoryMiB,
    int Threads,
    int? Connections,
    int? Busy
);

/// <summary>Number of waiting records and events at one time, from the metrics of all workers.</summary>
public sealed record Backlog(TimeSpan At, double Waiting);

/// <summary>Samples the resources of the workers. Linux only: it reads /proc.</summary>
internal sealed class Samples(Workers workers, StoredState stored, Func<int> databasePort, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Limit for the gauges to show empty queues; they are updated at intervals.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(1);

    private static readonly string[] Queues = ["kafka_consumer_lag", "coffeebuddy_outbox_pending"];

    private readonly List<Sample> _all = [];
    private readonly List<Backlog> _backlogs = [];
    private readonly long _started = time.GetTimestamp();

    public IReadOnlyList<Sample> All => _all;

    /// <summary>One for each sampling in which all roles answered: otherwise the number is not known.</summary>
    public IReadOnlyList<Backlog> Backlogs => _backlogs;

    /// <summary>Number of waiting records and events at the end; null if it is not known.</summary>
    public double? AtRest { get; private set; }

    /// <summary>Number of connections in use at the end; null if it is not known.</summary>
    public int? InUseAtRest { get; private set; }

    public async Task TakeAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var at = time.GetElapsedTime(_started);
            var owners = await ConnectionsAsync();
            foreach (var (role, worker) in workers.Running)
            {
                if (await LookAsync(at, role, worker, owners) is { } sample)
                    _all.Add(sample);
            }

            if (await WaitingAsync() is { } waiting)
                _backlogs.Add(new(at, waiting));
            await Pauses.AtMostAsync(Interval, cancellation);
        }
    }

    /// <summary>
    /// Looks at the queues and connections after all work is done, until the queues are empty and no connection is in
    /// use, or the limit has passed. A timer may be using one at any time, but not at each.
    /// </summary>
    public async Task RestAsync(CancellationToken cancellation)
    {
        for (var started = time.GetTimestamp(); ; )
        {
            AtRest = await WaitingAsync();
            InUseAtRest = (await ConnectionsAsync())?.Values.Count(inUse => inUse);
            if (
                (AtRest == 0 && InUseAtRest == 0)
                || time.GetElapsedTime(started) > Settles
                || cancellation.IsCancellationRequested
            )
                return;
            await Pauses.AtMostAsync(Interval / 2, cancellation);
        }
    }

    private static async Task<Sample?> LookAsync(
        TimeSpan at,
        string role,
        WorkerProcess worker,
        Dictionary<string, bool>? connections
    )
    {
        try
        {
            var id = await worker.Id;
            var status = (await File.ReadAllLinesAsync($"/proc/{id}/status"))
                .Select(line => line.Split(':', 2))
                .Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1].Trim());
            var memory = double.Parse(status["VmRSS"].Split(' ')[0]) / 1024;
            var open = connections is null
                ? null
                : new DirectoryInfo($"/proc/{id}/fd")
                    .GetFiles()
                    .Select(file => file.LinkTarget)
                    .OfType<string>()
                    .Where(connections.ContainsKey)
                    .ToList();
            return new(
                at,
                role,
                id,
                memory,
                int.Parse(status["Threads"]),
                open?.Count,
                open?.Count(link => connections![link])
            );
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or OperationCanceledException
                        or KeyNotFoundException
            )
        {
            return null; // The process has ended.
        }
    }

    /// <summary>
    /// The workers' sockets to PostgreSQL, by inode as in /proc/PID/fd: joins pg_stat_activity's client_port with
    /// /proc/net/tcp.
    /// </summary>
    private async Task<Dictionary<string, bool>?> ConnectionsAsync()
    {
        try
        {
            var ports = await stored.ConnectionsAsync();
            return (await File.ReadAllLinesAsync("/proc/net/tcp"))
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                // Compares both ends: another connection of the worker can have the same local port.
                .Where(fields =>
                    fields[3] == "01" && PortOf(fields[2]) == databasePort() && ports.ContainsKey(PortOf(fields[1]))
                )
                .ToDictionary(fields => $"socket:[{fields[9]}]", fields => ports[PortOf(fields[1])]);
        }
        catch (Exception exception)
            when (exception is NpgsqlException or SocketException or TimeoutException or ArgumentException)
        {
            return null; // The last one: a port that was closed and used again is listed twice.
        }
    }

    private static int PortOf(string address) => int.Parse(address.Split(':')[1], NumberStyles.HexNumber);

    private async Task<double?> WaitingAsync()
    {
        var running = workers.Running.Where(worker => worker.Role is WorkerRoles.Kafka or WorkerRoles.Timer).ToList();
        if (running.DistinctBy(worker => worker.Role).Count() < 2)
            return null;
        var waiting = await Task.WhenAll(running.Select(worker => WaitingAsync(worker.Worker)));
        return waiting.Contains(null) ? null : waiting.Sum();
    }

    private static async Task<double?> WaitingAsync(WorkerProcess worker)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            var metrics = await worker.Management.GetStringAsync("metrics", patience.Token);
            return metrics
                .Split('\n')
                .Where(line => Queues.Any(queue => line.StartsWith(queue, StringComparison.Ordinal)))
                .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return null; // The process is frozen or has ended.
        }
    }
}
