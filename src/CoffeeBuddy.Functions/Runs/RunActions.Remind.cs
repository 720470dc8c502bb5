using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Queues the reminders that are due.</summary>
    public Task QueueRemindersAsync() =>
        ChangeAsync(token => sweeps.QueueDueRemindersAsync(MostPerSweep, token), events => events, count: _ => { });

    /// <summary>Notes that the run's runner was reminded.</summary>
    /// <param name="run">As it was when the reminder was sent.</param>
    public Task MarkReminderSentAsync(CoffeeRun run) =>
        ChangeAsync(token => runs.MarkReminderSentAsync(run, token), events: _ => [], count: _ => { });

    /// <summary>Postpones the next reminder. Allowed to the runner.</summary>
    /// <param name="actor">A person.</param>
    public Task<ProgressResult> SnoozeAsync(Guid runId, Actor actor) =>
        ProgressAsync(runId, actor, Operation.SnoozeReminder, token => runs.SnoozeAsync(runId, actor.UserId!, token));
}
