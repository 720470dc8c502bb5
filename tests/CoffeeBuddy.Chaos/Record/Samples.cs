using System.Globalization;
using System.Net.Sockets;
using CoffeeBuddy.Sandbox.Parts;
using Npgsql;

namespace CoffeeBuddy.Chaos.Record;

/// <summary>One look at one worker process.</summary>
/// <param name="Connections">To PostgreSQL, by pg_stat_activity; null while it could not be asked.</param>
/// <param name="Busy">Those of them that are at work, or in a transaction.</param>
/// <param name="Queue">Records and events that wait, by the worker's own metrics.</param>
public sealed record Sample(TimeSpan At, string Role, int ProcessId, double MemoryMiB, int Threads, int? Connections, int? Busy, double Queue);

/// <summary>Watches what the workers use while faults strike. Linux only: it reads /proc.</summary>
internal sealed class Samples(Workers workers, StoredState stored, Func<int> databasePort, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly string[] Queues = ["kafka_consumer_lag", "coffeebuddy_outbox_pending"];

    private readonly List<Sample> _all = [];
    private readonly long _started = time.GetTimestamp();

    public IReadOnlyList<Sample> All => _all;

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

            await Pauses.AtMostAsync(Interval, cancellation);
        }
    }

    private static async Task<Sample?> LookAsync(TimeSpan at, string role, WorkerProcess worker, Dictionary<string, bool>? connections)
    {
        try
        {
            var id = await worker.Id;
            var status = (await File.ReadAllLinesAsync($"/proc/{id}/status")).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim());
            var memory = double.Parse(status["VmRSS"].Split(' ')[0]) / 1024;
            var open = connections is null ? null : new DirectoryInfo($"/proc/{id}/fd").GetFiles().Select(file => file.LinkTarget).OfType<string>().Where(connections.ContainsKey).ToList();
            return new(at, role, id, memory, int.Parse(status["Threads"]), open?.Count, open?.Count(link => connections![link]), await QueueAsync(worker));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OperationCanceledException or KeyNotFoundException)
        {
            return null; // It was killed meanwhile.
        }
    }

    /// <summary>The workers' sockets to PostgreSQL, as /proc/PID/fd names them: joins pg_stat_activity's client_port with /proc/net/tcp.</summary>
    private async Task<Dictionary<string, bool>?> ConnectionsAsync()
    {
        try
        {
            var ports = await stored.ConnectionsAsync();
            return (await File.ReadAllLinesAsync("/proc/net/tcp")).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                // Both ends: another connection of the worker may come from the same port.
                .Where(fields => fields[3] == "01" && PortOf(fields[2]) == databasePort() && ports.ContainsKey(PortOf(fields[1])))
                .ToDictionary(fields => $"socket:[{fields[9]}]", fields => ports[PortOf(fields[1])]);
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            return null;
        }
    }

    private static int PortOf(string address) => int.Parse(address.Split(':')[1], NumberStyles.HexNumber);

    private static async Task<double> QueueAsync(WorkerProcess worker)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            var metrics = await worker.Http.GetStringAsync("metrics", patience.Token);
            return metrics.Split('\n').Where(line => Queues.Any(queue => line.StartsWith(queue, StringComparison.Ordinal))).Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }
}
