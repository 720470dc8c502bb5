namespace CoffeeBuddy.Core.Runs;

/// <summary>Who may do what to a run (DESIGN §3.12). Admins are the configured ones.</summary>
public static class RunRules
{
    /// <summary>Orders are accepted until the run is completed or cancelled, after the assignment too.</summary>
    public static bool AcceptsOrders(CoffeeRun run) => run.Status == RunStatus.Active;

    /// <summary>The runner or an admin.</summary>
    public static bool MayComplete(CoffeeRun run, string userId, bool isAdmin) => isAdmin || run.RunnerUserId == userId;

    /// <summary>The initiator, the runner, or an admin.</summary>
    public static bool MayCancel(CoffeeRun run, string userId, bool isAdmin) =>
        isAdmin || run.InitiatorUserId == userId || run.RunnerUserId == userId;

    /// <summary>
    /// Whether a runner is to be assigned now: enough people have ordered (unless the policy waits for the deadline),
    /// or the deadline has come and somebody has ordered.
    /// </summary>
    public static bool IsAssignmentDue(CoffeeRun run, int orderCount, CoffeeOptions options, DateTimeOffset now)
    {
        if (run.Status != RunStatus.Active || run.RunnerUserId is not null || orderCount == 0)
            return false;
        if (run.DeadlineAt <= now)
            return true;
        return options.AssignWhen == AssignWhen.Orders && orderCount >= options.AssignAfterOrders;
    }
}
