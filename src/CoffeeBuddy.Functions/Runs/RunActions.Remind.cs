namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Queues the reminders that are due.</summary>
    public Task QueueRemindersAsync() =>
        ChangeAsync(token => sweeps.QueueDueRemindersAsync(MostPerSweep, token), events => events, count: _ => { });

    /// <summary>Notes that the run's runner was reminded.</summary>
    public Task MarkReminderSentAsync(Guid runId) =>
        ChangeAsync(token => runs.MarkReminderSentAsync(runId, token), events: _ => [], count: _ => { });
}
