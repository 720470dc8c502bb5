using System.Collections.Concurrent;

namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Lets the scheduled faults strike and end, and writes down when they did.</summary>
internal sealed class Saboteur(IReadOnlyList<Appointment> schedule, int seed, TextWriter output, TimeProvider time)
{
    /// <summary>For a fault to strike or to end; more than bringing back a worker is given.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<Target, SemaphoreSlim> _targets = new();
    private readonly ConcurrentQueue<Incident> _incidents = new();
    private readonly ConcurrentQueue<string> _failures = new();

    /// <summary>The faults that struck; not those that found nothing to strike.</summary>
    public IReadOnlyCollection<Incident> Incidents => _incidents;

    /// <summary>Faults that could not begin or, worse, not end.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

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
            under.Add(Task.Run(() => TakeTurnAsync(appointment, started, cancellation), CancellationToken.None));
        }

        await Task.WhenAll(under);
    }

    /// <summary>Bringing something back can take longer than planned: then the next fault on it is late.</summary>
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
            await output.WriteLineAsync($"{at}: there was nothing to strike");
            return;
        }

        await output.WriteLineAsync($"{at}, {appointment.Lasts.TotalSeconds:0.0} s");
        await Pauses.AtMostAsync(appointment.Lasts, cancellation);
        await TryAsync($"{fault.Kind} did not end", fault.Heal);
        _incidents.Enqueue(new(fault.Kind, fault.Target, from, time.GetUtcNow()));
    }

    /// <summary>Whatever goes wrong with a fault must end neither the run nor its report.</summary>
    private async Task TryAsync(string failure, Func<Task> what)
    {
        try
        {
            await what().WaitAsync(Patience, time);
        }
        catch (Exception exception)
        {
            _failures.Enqueue($"{failure}: {exception.Message}");
            await output.WriteLineAsync($"  {failure}: {exception.Message}");
        }
    }
}
