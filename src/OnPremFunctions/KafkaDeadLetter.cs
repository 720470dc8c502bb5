using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions;

/// <summary>A record its function could not process.</summary>
/// <param name="Attempts">How often a function was called with it.</param>
/// <param name="Exception">What the last attempt threw.</param>
public sealed record KafkaDeadLetter(
    KafkaRecord Record,
    string FunctionName,
    string ConsumerGroup,
    int Attempts,
    Exception Exception
);

/// <summary>
/// Puts dead letters where they are not lost. Resolved from a scope of its own. The record counts as done when this returns; when it throws
/// it is called again after 1 s, doubling to 60 s, for ever, and the record's key waits. Without a registered handler a record that ran out
/// of retries goes on being retried at its longest interval.
/// </summary>
public interface IKafkaDeadLetterHandler
{
    /// <param name="cancellationToken">Cancelled when <c>functionTimeout</c> has passed (it is then called again), the partition was lost, or the host gives up draining.</param>
    Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken);
}
