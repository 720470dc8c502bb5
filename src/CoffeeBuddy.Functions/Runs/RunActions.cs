using System.Diagnostics;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>
/// Everything that changes a run, one method per action; Slack, API, Kafka and timers call the same methods. Each
/// action stores the change with its audit row and its events in one transaction, counts it and publishes the events.
/// </summary>
/// <remarks>
/// An action takes no cancellation token: Slack hangs up after 3 s, and a change that has begun is carried through
/// nevertheless. A person who submits again finds it. Its time limit is <see cref="TimeBudget.RunAction"/>.
/// </remarks>
public sealed partial class RunActions(
    RunStore runs,
    SweepStore sweeps,
    OutboxStore outbox,
    SettingsStore settings,
    DoNotDisturb doNotDisturb,
    PlannedRunCheck plannedRuns,
    EventPublisher publisher,
    Permissions permissions,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<RunActions> logger
)
{
    /// <summary>The W3C trace context of the request, which the events carry on to the Slack messages.</summary>
    private static string? TraceParent => Activity.Current?.Id;

    /// <summary>The steps of every action.</summary>
    /// <param name="events">The events that the change has stored.</param>
    /// <param name="meanwhile">Runs while the events are published, for what must not wait for Kafka.</param>
    /// <exception cref="DatabaseUnavailableException">The database is down.</exception>
    /// <exception cref="DatabaseBusyException">The change was not stored within
    /// <see cref="TimeBudget.RunAction"/>.</exception>
    private async Task<T> ChangeAsync<T>(
        Func<CancellationToken, Task<T>> store,
        Func<T, IReadOnlyList<OutboxEvent>> events,
        Action<T> count,
        Func<T, Task>? meanwhile = null
    )
    {
        using var budget = new CancellationTokenSource(TimeBudget.RunAction, time);
        T change;
        try
        {
            change = await store(budget.Token);
        }
        catch (OperationCanceledException late) when (budget.IsCancellationRequested)
        {
            throw new DatabaseBusyException(TimeSpan.FromSeconds(1), late);
        }

        count(change);
        // Never fails: the outbox sweep publishes the events that Kafka has not confirmed.
        var publishing = publisher.PublishAsync(events(change), budget.Token);
        await Task.WhenAll(publishing, meanwhile?.Invoke(change) ?? Task.CompletedTask);
        return change;
    }
}
