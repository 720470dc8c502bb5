using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions;

/// <summary>A record that its function could not process.</summary>
/// <param name="Record">The record as it was consumed.</param>
/// <param name="FunctionName">The function that failed.</param>
/// <param name="ConsumerGroup">The function's consumer group.</param>
/// <param name="Attempts">How many times the function was called with the record.</param>
/// <param name="Exception">What the last call threw.</param>
public sealed record KafkaDeadLetter(
    KafkaRecord Record,
    string FunctionName,
    string ConsumerGroup,
    int Attempts,
    Exception Exception
);

/// <summary>
/// Stores dead letters. Register an implementation as a service; each call has a scope of its own. The host counts and
/// logs each record that the handler accepts.
/// </summary>
/// <remarks>
/// The record is done when the handler returns. When it throws, it is called again after 1 s, doubling to 60 s, without
/// a limit, and the record's key waits. Without a handler, a record without retries left is retried at the policy's
/// longest interval without a limit.
/// </remarks>
public interface IKafkaDeadLetterHandler
{
    /// <summary>
    /// Stores one dead letter. Called again for the same record when it throws, so it must be idempotent.
    /// </summary>
    /// <param name="deadLetter">The record and why it failed.</param>
    /// <param name="cancellationToken">
    /// Cancelled when <c>functionTimeout</c> has passed (the handler is then called again), when the partition is lost,
    /// and when the drain time is over.
    /// </param>
    Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken);
}
