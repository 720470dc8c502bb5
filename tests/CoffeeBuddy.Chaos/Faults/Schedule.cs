namespace CoffeeBuddy.Chaos.Faults;

/// <summary>The schedule of the faults, computed from the seed before the run.</summary>
internal static class Schedule
{
    /// <summary>
    /// Average pause in seconds between two faults of a target. Short enough for every kind in one minute; long enough
    /// for the breaker to close and a worker to start, so that the next fault strikes a working system.
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

    /// <summary>The faults of one target follow each other. Faults of different targets can overlap.</summary>
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

    /// <summary>
    /// Draws kinds from a bag without replacement, so that every kind strikes once before one strikes again.
    /// </summary>
    private static IEnumerable<Appointment> Of(List<Fault> kinds, double rest, TimeSpan duration, Dice dice)
    {
        var (bag, extra) = (new List<Fault>(), 0);
        for (var at = dice.Between(2, 2 + (rest / 2)); ; )
        {
            if (bag.Count == 0)
                bag.AddRange(kinds);
            var possible = bag.FindAll(Possible);
            // If the bag has only ends of extra workers and none is running, one is started first.
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
