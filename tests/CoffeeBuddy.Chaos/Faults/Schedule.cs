namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Which faults strike when: all decided by the seed before the run begins.</summary>
internal static class Schedule
{
    private const int Lanes = 2;

    /// <summary>
    /// How long a target is left alone after a fault. The database's breaker stays open for up to 30 s: with less rest the
    /// office would see nothing but 503, and the other faults nobody at work. A worker takes seconds to be back.
    /// </summary>
    private static TimeSpan Rest(Target target) => TimeSpan.FromSeconds(target switch
    {
        Target.Database => 18,
        Target.Http or Target.Kafka or Target.Timer => 8,
        _ => 2,
    });

    /// <summary>Two lanes of faults, one after another with pauses; those of the one never strike what the other has struck at that moment.</summary>
    public static IReadOnlyList<Appointment> Make(IReadOnlyList<Fault> faults, TimeSpan duration, int seed)
    {
        var dice = new Dice(seed, owner: 0);
        var made = new List<Appointment>();
        var next = new TimeSpan[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
            next[lane] = TimeSpan.FromSeconds(2) + dice.Between(0, 3);
        while (true)
        {
            var lane = Array.IndexOf(next, next.Min());
            var at = next[lane];
            var free = faults.Where(fault => !made.Any(other => other.Fault.Target == fault.Target && other.At + other.Lasts + Rest(other.Fault.Target) > at)).ToList();
            var fault = dice.Pick(free, one => one.Weight);
            var lasts = dice.Between(fault.From, fault.To);
            if (at + lasts > duration)
                return made;
            made.Add(new(at, lasts, fault, made.Count + 1));
            next[lane] = at + lasts + dice.Between(0.3, 2.5);
        }
    }
}
