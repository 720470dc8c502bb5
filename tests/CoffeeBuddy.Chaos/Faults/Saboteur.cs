using System.Collections.Concurrent;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Starts and ends the scheduled faults, and records them.</summary>
internal sealed class Saboteur(IReadOnlyList<Appointment> schedule, int seed, TextWriter output, TimeProvider time)
{
    /// <summary>Limit for the start or the end of a fault. Longer than the limit for the start of a worker.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private readonly ConcurrentDictionary<Target, SemaphoreSlim> _targets = new();
    private readonly ConcurrentQueue<Incident> _incidents = new();
    private readonly ConcurrentQueue<string> _failures = new();

    /// <summary>The faults that struck.</summary>
    public IReadOnlyCollection<Incident> Incidents => _incidents;

    /// <summary>Faults that could not be started or ended.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Returns when all faults have ended.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var under = new List<Task>();
        foreach (var appointment in schedule)
        {
            var wait = appointment.At - time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Pauses.AtMostAsync(wait, cancellation);
            if (cancellation.IsCancellationRequested)
                break;
            under.Add(Task.Run(() => TakeTurnAsync(appointment, started, cancellation), CancellationToken.None));
        }

        await Task.WhenAll(under);
    }

    /// <summary>Waits for the previous fault of the same target: its end can take longer than planned.</summary>
    private async Task TakeTurnAsync(Appointment appointment, long started, CancellationToken cancellation)
    {
        var turn = _targets.GetOrAdd(appointment.Fault.Target, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            if (!cancellation.IsCancellationRequested)
                await PlayAsync(appointment, started, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task PlayAsync(Appointment appointment, long started, CancellationToken cancellation)
    {
        var (fault, from, struck) = (appointment.Fault, time.GetUtcNow(), true);
        var at = $"  {time.GetElapsedTime(started).TotalSeconds, 6:0.0} s  {fault.Kind}";
        await TryAsync(
            $"{fault.Kind} did not strike",
            async () => struck = await fault.Strike(new Dice(seed, 100_000 + appointment.Number))
        );
        if (!struck)
        {
            await output.WriteLineAsync($"{at}: nothing to strike");
            return;
        }

        await output.WriteLineAsync($"{at}, {appointment.Lasts.TotalSeconds:0.0} s");
        await Pauses.AtMostAsync(appointment.Lasts, cancellation);
        await TryAsync($"{fault.Kind} did not end", fault.Heal);
        _incidents.Enqueue(new(fault.Kind, fault.Target, from, time.GetUtcNow()));
    }

    /// <summary>Records an exception of a fault, so that the run continues.</summary>
    private async Task TryAsync(string failure, Func<Task> what)
    {
        try
        {
            await what().WaitAsync(Limit, time);
        }
        catch (Exception exception)
        {
            _failures.Enqueue($"{failure}: {exception.Message}");
            await output.WriteLineAsync($"  {failure}: {exception.Message}");
        }
    }
}
