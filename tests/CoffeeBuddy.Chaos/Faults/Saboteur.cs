using System.Collections.Concurrent;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Lets the scheduled faults strike and end, and writes down when they did.</summary>
internal sealed class Saboteur(IReadOnlyList<Appointment> schedule, int seed, TextWriter output, TimeProvider time)
{
    private readonly ConcurrentDictionary<Target, SemaphoreSlim> _targets = new();
    private readonly ConcurrentQueue<Incident> _incidents = new();

    public IReadOnlyCollection<Incident> Incidents => _incidents;

    /// <summary>Returns when the last fault has ended.</summary>
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
            under.Add(Task.Run(() => PlayAsync(appointment, started, cancellation), CancellationToken.None));
        }

        await Task.WhenAll(under);
    }

    private async Task PlayAsync(Appointment appointment, long started, CancellationToken cancellation)
    {
        var fault = appointment.Fault;
        // Bringing something back can take longer than planned: then the next fault on it is late.
        var turn = _targets.GetOrAdd(fault.Target, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(CancellationToken.None);
        if (cancellation.IsCancellationRequested)
        {
            turn.Release();
            return;
        }

        var from = time.GetUtcNow();
        await output.WriteLineAsync($"  {time.GetElapsedTime(started).TotalSeconds,6:0.0} s  {fault.Kind}, {appointment.Lasts.TotalSeconds:0.0} s");
        try
        {
            await fault.Strike(new Dice(seed, 100_000 + appointment.Number));
            await Pauses.AtMostAsync(appointment.Lasts, cancellation);
        }
        finally
        {
            await fault.Heal();
            _incidents.Enqueue(new(fault.Kind, fault.Target, from, time.GetUtcNow()));
            turn.Release();
        }
    }
}
