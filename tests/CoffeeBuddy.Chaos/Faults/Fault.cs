namespace CoffeeBuddy.Chaos.Faults;

/// <summary>What a fault strikes. At most one fault at a time strikes the same target.</summary>
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

/// <summary>A fault that can be started and ended.</summary>
/// <param name="Kind">Name in the report.</param>
/// <param name="Strike">Starts the fault. Returns false if there was nothing to strike. The dice select the
/// details.</param>
/// <param name="Heal">Ends the fault and restores the state before it.</param>
/// <param name="From">Shortest duration in seconds; 0 if it ends immediately.</param>
/// <param name="To">Longest duration in seconds.</param>
/// <param name="Adds">Change of the number of extra workers. The schedule never ends more than were started.</param>
internal sealed record Fault(
    string Kind,
    Target Target,
    Func<Dice, Task<bool>> Strike,
    Func<Task> Heal,
    double From = 1,
    double To = 5,
    int Adds = 0
);

/// <summary>A scheduled fault.</summary>
/// <param name="At">Time since the start of the run.</param>
internal sealed record Appointment(TimeSpan At, TimeSpan Lasts, Fault Fault, int Number);

/// <summary>A fault that struck, with the times of its start and end.</summary>
public sealed record Incident(string Kind, Target Target, DateTimeOffset From, DateTimeOffset To);
