using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Core.Runs;

/// <summary>What may be done to a run, and what a person is to it. Who may do what: <see cref="AccessRules"/>.</summary>
public static class RunRules
{
    /// <summary>By how much one click extends the order window.</summary>
    public static readonly TimeSpan Extension = TimeSpan.FromMinutes(5);

    /// <summary>The shortest and the longest order window of an initiator: the schema has them too.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestWindow = TimeSpan.FromHours(2);

    /// <summary>The most reminders that a runner of a run gets: the schema has it too.</summary>
    public const int MaxReminders = 4;

    /// <summary>By how much a click postpones the next reminder.</summary>
    public static readonly TimeSpan Snooze = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Orders are accepted until the runner leaves, or the run is completed or cancelled; after the assignment too.
    /// </summary>
    public static bool AcceptsOrders(CoffeeRun run) => run is { Status: RunStatus.Active, LeftAt: null };

    /// <summary>Whether a reminder was queued and is not sent yet.</summary>
    public static bool ReminderIsQueued(CoffeeRun run) =>
        run is { Status: RunStatus.Active, RunnerUserId: not null, RemindersSent: < MaxReminders }
        && run.ReminderQueuedAt > (run.ReminderSentAt ?? DateTimeOffset.MinValue);

    /// <summary>
    /// Who collects from the runner: everybody who ordered, each once. The runner has the own drink in the hand.
    /// </summary>
    public static IReadOnlyList<string> Collectors(CoffeeRun run, IEnumerable<Order> orders) =>
        [.. orders.Select(order => order.UserId).Distinct().Where(userId => userId != run.RunnerUserId)];

    /// <summary>Those of <see cref="Collectors"/> who have their drinks.</summary>
    public static IReadOnlyList<string> Collected(CoffeeRun run, IEnumerable<Order> orders) =>
        Collectors(run, orders.Where(order => order.CollectedAt is not null));

    /// <summary>A run has to have a runner before it can be completed, except by an admin.</summary>
    public static bool CanBeCompleted(CoffeeRun run, bool isAdmin) => isAdmin || run.RunnerUserId is not null;

    /// <summary>The relations that the run itself tells.</summary>
    public static Relations RelationsOf(CoffeeRun run, string? userId, bool isAdmin) =>
        (userId is not null && run.InitiatorUserId == userId ? Relations.Initiator : Relations.None)
        | (userId is not null && run.RunnerUserId == userId ? Relations.Runner : Relations.None)
        | (isAdmin ? Relations.Admin : Relations.None);

    /// <summary>Whether somebody may ask another to go: the runner, or the initiator while nobody goes.</summary>
    public static bool MayAskToGo(CoffeeRun run, string userId) =>
        AccessRules.Allows(Operation.AskToGo, RelationsOf(run, userId, isAdmin: false))
        && (run.RunnerUserId ?? run.InitiatorUserId) == userId;

    /// <summary>Whether somebody may change the run to the given end state.</summary>
    public static bool MayClose(CoffeeRun run, RunStatus status, string? userId, bool isAdmin) =>
        status switch
        {
            RunStatus.Completed => AccessRules.Allows(Operation.CompleteRun, RelationsOf(run, userId, isAdmin)),
            RunStatus.Cancelled => AccessRules.Allows(Operation.CancelRun, RelationsOf(run, userId, isAdmin)),
            _ => false,
        };
}

/// <summary>Why the system closed a run; stored in the audit log.</summary>
public static class CloseReasons
{
    public const string NobodyOrdered = "nobody ordered";
    public const string NobodyCanGo = "nobody can go";
    public const string Forgotten = "forgotten";
}
