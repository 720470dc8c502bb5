using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;

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
    public Task MarkReminderSentAsync(Guid runId) =>
        ChangeAsync(token => runs.MarkReminderSentAsync(runId, token), events: _ => [], count: _ => { });
}
