using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>Gives dead letters to the worker's handler.</summary>
internal sealed partial class DeadLetterOffice(IServiceScopeFactory scopes, FunctionMetrics metrics, ILogger<DeadLetterOffice> logger)
{
    /// <returns>False when the handler threw: the record is not done.</returns>
    public async Task<bool> TryHandleAsync(KafkaDeadLetter letter, CancellationToken cancellationToken)
    {
        var record = letter.Record;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IKafkaDeadLetterHandler>().HandleAsync(letter, cancellationToken);
            metrics.DeadLettered(letter.FunctionName);
            Log.DeadLettered(logger, letter.FunctionName, record.Topic, record.Partition, record.Offset, letter.Attempts, letter.Exception);
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
        [LoggerMessage(Level = LogLevel.Error, Message = "{Function} gave up {Topic} [{Partition}] @{Offset} after {Attempts} attempts; it is dead-lettered")]
        public static partial void DeadLettered(
            ILogger logger, string function, string topic, int partition, long offset, int attempts, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "The dead-letter handler threw for {Function}, {Topic} [{Partition}] @{Offset}; it is called again")]
        public static partial void HandlerFailed(
            ILogger logger, string function, string topic, int partition, long offset, Exception exception);
    }
}
