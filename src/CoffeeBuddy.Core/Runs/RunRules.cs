namespace CoffeeBuddy.Core.Runs;

/// <summary>What may be done to a run, and by whom.</summary>
public static class RunRules
{
    /// <summary>Orders are accepted until the run is completed or cancelled, after the assignment too.</summary>
    public static bool AcceptsOrders(CoffeeRun run) => run.Status == RunStatus.Active;

    /// <summary>
    /// The runner, the initiator, or an admin; not before there is a runner. The initiator, because a runner who cannot
    /// be reached cannot end the run.
    /// </summary>
    public static bool MayComplete(CoffeeRun run, string userId, bool isAdmin) =>
        isAdmin || run.RunnerUserId == userId || (run.RunnerUserId is not null && run.InitiatorUserId == userId);

    /// <summary>The initiator, the runner, or an admin.</summary>
    public static bool MayCancel(CoffeeRun run, string userId, bool isAdmin) =>
        isAdmin || run.InitiatorUserId == userId || run.RunnerUserId == userId;

    /// <summary>Whether the run may be changed to the given end state.</summary>
    /// <param name="userId">Null for the system, which may cancel.</param>
    public static bool MayClose(CoffeeRun run, RunStatus status, string? userId, bool isAdmin) =>
        (status, userId) switch
        {
            (RunStatus.Cancelled, null) => true,
            (RunStatus.Cancelled, _) => MayCancel(run, userId, isAdmin),
            (RunStatus.Completed, not null) => MayComplete(run, userId, isAdmin),
            _ => false,
        };
}

/// <summary>Why the system closed a run; stored in the audit log.</summary>
public static class CloseReasons
{
    public const string NobodyOrdered = "nobody ordered";
    public const string Forgotten = "forgotten";
}
