using CoffeeBuddy.Data.Outbox;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Marks events as published after their requests were answered. One statement at a time is under way; what is confirmed
/// meanwhile is marked by the next one, all together.
/// </summary>
public sealed partial class PublishedMarks(OutboxStore outbox, ILogger<PublishedMarks> logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private List<long> _waiting = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Does not fail: an event that was not marked is published again by the sweep, and handled once.</summary>
    public void Add(IEnumerable<long> outboxIds)
    {
        lock (_lock)
        {
            _waiting.AddRange(outboxIds);
            if (_waiting.Count == 0 || !_running.IsCompleted)
                return;
            // The statement is not part of this request and its trace.
            using var isolated = ExecutionContext.SuppressFlow();
            _running = Task.Run(MarkAsync);
        }
    }

    /// <summary>Waits for what was added.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_lock)
            running = _running;
        await running;
    }

    private async Task MarkAsync()
    {
        while (true)
        {
            List<long> ids;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _running = Task.CompletedTask;
                    return;
                }

                (ids, _waiting) = (_waiting, []);
            }

            try
            {
                await outbox.MarkPublishedAsync(ids, CancellationToken.None);
            }
            catch (Exception exception)
            {
                // Whatever it is: the sweep publishes them again.
                Log.LeftToSweep(logger, ids.Count, exception.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{Count} published events were not marked and will be published again: {Reason}"
        )]
        public static partial void LeftToSweep(ILogger logger, int count, string reason);
    }
}
