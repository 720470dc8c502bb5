namespace CoffeeBuddy.Functions.Runs;

/// <summary>The actions of the timers. They are safe at any number of replicas, and idempotent.</summary>
public sealed partial class RunActions
{
    /// <summary>Most runs that one sweep changes; the next sweep takes the others.</summary>
    public const int MostPerSweep = 100;

    /// <summary>Cancels the runs that have had no order for too long.</summary>
    public Task CancelEmptyAsync() =>
        ChangeAsync(
            token => sweeps.CancelEmptyRunsAsync(MostPerSweep, token),
            events => events,
            cancelled => metrics.RunsChanged("cancelled", cancelled.Count)
        );

    /// <summary>
    /// Completes the runs whose runner did not, so that the channel's next <c>/coffee</c> opens a new one.
    /// </summary>
    public Task CompleteForgottenAsync() =>
        ChangeAsync(
            token => sweeps.CompleteForgottenRunsAsync(MostPerSweep, token),
            events => events,
            completed => metrics.RunsChanged("completed", completed.Count)
        );

    /// <summary>
    /// Cancels the runs for which nobody can go, so that the channel's next <c>/coffee</c> opens a new one.
    /// </summary>
    public Task CancelUndecidedAsync() =>
        ChangeAsync(
            token => sweeps.CancelUndecidedRunsAsync(MostPerSweep, token),
            events => events,
            cancelled => metrics.RunsChanged("cancelled", cancelled.Count)
        );

    /// <summary>
    /// Queues runs whose Slack messages lag behind the database: losing all of Kafka delays messages, but loses none.
    /// </summary>
    /// <param name="olderThan">How long a change may take to reach Slack before the run counts as lagging.</param>
    public Task RequeueLaggingAsync(TimeSpan olderThan) =>
        ChangeAsync(
            token => sweeps.RequeueLaggingAsync(MostPerSweep, olderThan, token),
            events => events,
            count: _ => { }
        );

    /// <summary>
    /// Publishes the events that the actions could not publish, and sets the gauges of those still waiting and of those
    /// that Kafka will never accept.
    /// </summary>
    public async Task PublishOutboxAsync(CancellationToken cancellationToken)
    {
        await publisher.PublishPendingAsync(cancellationToken);
        metrics.OutboxHolds(
            await outbox.CountPendingAsync(cancellationToken),
            await outbox.CountFailedAsync(cancellationToken)
        );
    }
}
