namespace CoffeeBuddy.Chaos.Faults;

/// <summary>Which faults strike when: all decided by the seed before the run begins.</summary>
internal static class Schedule
{
    /// <summary>
    /// About how many seconds a target is left alone after a fault: few enough that a minute has room for every kind. The database's
    /// breaker must have closed again, and a worker be back, for the next fault to find anybody at work.
    /// </summary>
    private static double Rest(Target target) =>
        target switch
        {
            Target.Http or Target.Kafka or Target.Timer => 15,
            Target.Scale => 13,
            Target.Database => 7,
            Target.Brokers => 5,
            _ => 3,
        };

    /// <summary>Each target has faults of its own, one after another; those of different targets come together as chance has it.</summary>
    public static IReadOnlyList<Appointment> Make(IReadOnlyList<Fault> faults, TimeSpan duration, int seed)
    {
        var dice = new Dice(seed, owner: 0);
        return
        [
            .. faults
                .GroupBy(fault => fault.Target)
                .SelectMany(kinds => Of([.. kinds], Rest(kinds.Key), duration, dice))
                .OrderBy(made => made.At)
                .Select((made, index) => made with { Number = index + 1 }),
        ];
    }

    /// <summary>Kinds are drawn from a bag, so that each strikes before any strikes again.</summary>
    private static IEnumerable<Appointment> Of(List<Fault> kinds, double rest, TimeSpan duration, Dice dice)
    {
        var (bag, extra) = (new List<Fault>(), 0);
        for (var at = dice.Between(2, 2 + (rest / 2)); ; )
        {
            if (bag.Count == 0)
                bag.AddRange(kinds);
            var possible = bag.FindAll(Possible);
            // Should the bag hold nothing but the ends of workers that are gone, one is started first.
            var fault = dice.Pick(possible.Count > 0 ? possible : kinds.FindAll(Possible));
            var lasts = dice.Between(fault.From, fault.To);
            if (at + lasts > duration)
                yield break;
            bag.Remove(fault);
            extra += fault.Adds;
            yield return new(at, lasts, fault, Number: 0);
            at += lasts + dice.Between(0.8 * rest, 1.2 * rest);
        }

        bool Possible(Fault fault) => extra + fault.Adds is >= 0 and <= Workers.MostExtra;
    }
}
