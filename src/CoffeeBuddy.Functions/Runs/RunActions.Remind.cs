using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Queues the reminders that are due.</summary>
    public Task QueueRemindersAsync() =>
        ChangeAsync(token => sweeps.QueueDueRemindersAsync(MostPerSweep, token), events => events, count: _ => { });

    /// <summary>
    /// Whether the runner wants the reminder now, and how. In their quiet hours it is postponed to the end of them.
    /// </summary>
    /// <returns>The runner's settings; null: not now.</returns>
    public async Task<PersonSettings?> PrepareReminderAsync(CoffeeRun run, CancellationToken cancellationToken)
    {
        var stored = await settings.GetAsync(run.RunnerUserId!, cancellationToken);
        if (stored.Settings.QuietHours?.EndAfter(time.GetUtcNow(), stored.Zone) is not { } end)
            return stored.Settings;
        await ChangeAsync(
            token => runs.PostponeReminderAsync(run.RunId, run.RunnerUserId!, end, token),
            events: _ => [],
            count: _ => { }
        );
        return null;
    }

    /// <summary>Notes that the run's runner was reminded.</summary>
    /// <param name="run">As it was when the reminder was sent.</param>
    public Task MarkReminderSentAsync(CoffeeRun run) =>
        ChangeAsync(token => runs.MarkReminderSentAsync(run, token), events: _ => [], count: _ => { });

    /// <summary>Postpones the next reminder. Allowed to the runner.</summary>
    /// <param name="actor">A person.</param>
    public Task<ProgressResult> SnoozeAsync(Guid runId, Actor actor) =>
        ProgressAsync(runId, actor, Operation.SnoozeReminder, token => runs.SnoozeAsync(runId, actor.UserId!, token));
}
