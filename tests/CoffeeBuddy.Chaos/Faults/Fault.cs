namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What a fault strikes. Two at a time never strike the same.</summary>
public enum Target
{
    Http,
    Kafka,
    Timer,
    Scale,
    Database,
    Brokers,
    Slack,
}

/// <summary>Something that goes wrong, and how it ends.</summary>
/// <param name="Kind">How the report counts it.</param>
/// <param name="Strike">Begins it, and says whether there was anything to strike. The dice decide what the seed leaves open.</param>
/// <param name="Heal">Ends it; must leave everything as before.</param>
/// <param name="From">Shortest time it lasts, in seconds; 0 for what is over at once.</param>
/// <param name="To">Longest time it lasts, in seconds.</param>
/// <param name="Adds">How many extra workers there are more afterwards. None can be ended that was not started.</param>
internal sealed record Fault(
    string Kind,
    Target Target,
    Func<Dice, Task<bool>> Strike,
    Func<Task> Heal,
    double From = 1,
    double To = 5,
    int Adds = 0
);

/// <summary>A fault at its time.</summary>
/// <param name="At">Since the beginning of the run.</param>
internal sealed record Appointment(TimeSpan At, TimeSpan Lasts, Fault Fault, int Number);

/// <summary>When a fault was in force, by the clock.</summary>
public sealed record Incident(string Kind, Target Target, DateTimeOffset From, DateTimeOffset To);
