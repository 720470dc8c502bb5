using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Calls the registered dead-letter handler, with <c>functionTimeout</c> as its limit. Counts and logs what it
/// accepted.
/// </summary>
internal sealed partial class DeadLetterDispatcher(
    IServiceScopeFactory scopes,
    FunctionMetrics metrics,
    StuckInvocationMonitor stuck,
    TimeSpan? functionTimeout,
    TimeProvider time,
    ILogger<DeadLetterDispatcher> logger
)
{
    /// <returns>False when the handler threw or exceeded its limit, also when it returned afterwards: the record is not
    /// done.</returns>
    public async Task<bool> TryHandleAsync(KafkaDeadLetter letter, CancellationToken cancellationToken)
    {
        var record = letter.Record;
        using var timeout = new CancellationTokenSource(functionTimeout ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var watch = stuck.Watch(
            letter.FunctionName,
            $"dead letter {record.Topic} [{record.Partition}] @{record.Offset}",
            timeout.Token
        );
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IKafkaDeadLetterHandler>().HandleAsync(letter, either.Token);
            if (timeout.IsCancellationRequested)
                throw new TimeoutException(
                    $"The dead-letter handler ran longer than functionTimeout, {functionTimeout:c}."
                );
            metrics.DeadLettered(letter.FunctionName);
            Log.DeadLettered(
                logger,
                letter.FunctionName,
                record.Topic,
                record.Partition,
                record.Offset,
                letter.Attempts,
                letter.Exception
            );
            return true;
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(logger, letter.FunctionName, record.Topic, record.Partition, record.Offset, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} dead-lettered {Topic} [{Partition}] @{Offset} after {Attempts} attempts"
        )]
        public static partial void DeadLettered(
            ILogger logger,
            string function,
            string topic,
            int partition,
            long offset,
            int attempts,
            Exception exception
        );

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The dead-letter handler failed for {Function}, {Topic} [{Partition}] @{Offset}; it will be called again"
        )]
        public static partial void HandlerFailed(
            ILogger logger,
            string function,
            string topic,
            int partition,
            long offset,
            Exception exception
        );
    }
}
