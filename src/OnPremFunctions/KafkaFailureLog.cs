using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions;

/// <summary>
/// Logs failures of Kafka that repeat: the first, then one line a minute, and one line at the end. Clients report each
/// error here: without brokers they have dozens in a second.
/// </summary>
public sealed partial class KafkaFailureLog(TimeProvider time, ILogger<KafkaFailureLog> logger)
{
    /// <summary>The subject of errors that concern all clients of the process: connections and logins.</summary>
    public const string Connection = "The connection to Kafka";

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>Reports an error of a client.</summary>
    /// <param name="subject">The start of a sentence that names the client.</param>
    public void Failed(string subject, Error error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Failed(IsOfConnection(error.Code) ? Connection : subject, error.Reason, LogLevel.Warning);
    }

    /// <param name="subject">What fails: the start of a sentence.</param>
    /// <param name="level">The level of the lines, except the one at the end.</param>
    public void Failed(string subject, string reason, LogLevel level)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_failures.TryGetValue(subject, out var failure))
                _failures[subject] = failure = new Failure();
            if (!failure.IsGoingOn)
                failure.Since = now;
            failure.IsGoingOn = true;
            failure.Count++;
            if (failure.LoggedAt is { } last && time.GetElapsedTime(last, now) < _interval)
                return;

            failure.LoggedAt = now;
            failure.IsTold = true;
            var lasted = time.GetElapsedTime(failure.Since, now);
            if (failure.Count == 1)
                Log.Fails(logger, level, subject, reason);
            else
                Log.StillFails(logger, level, subject, lasted, failure.Count, reason);
            failure.Count = 0;
        }
    }

    /// <summary>Reports that it works. Logs a line if the failure was logged.</summary>
    public void Works(string subject)
    {
        lock (_gate)
        {
            if (!_failures.TryGetValue(subject, out var failure) || !failure.IsGoingOn)
                return;

            var lasted = time.GetElapsedTime(failure.Since);
            if (failure.IsTold)
                Log.WorksAgain(logger, subject, lasted);
            (failure.IsGoingOn, failure.IsTold, failure.Count) = (false, false, 0);
        }
    }

    private static bool IsOfConnection(ErrorCode code) =>
        code
            is ErrorCode.Local_AllBrokersDown
                or ErrorCode.Local_Transport
                or ErrorCode.Local_Resolve
                or ErrorCode.Local_Authentication
                or ErrorCode.Local_Ssl
                or ErrorCode.Local_TimedOut
                or ErrorCode.Local_MsgTimedOut;

    private sealed class Failure
    {
        public bool IsGoingOn { get; set; }

        /// <summary>True when a line about it was logged, so that its end is logged too.</summary>
        public bool IsTold { get; set; }

        public long Since { get; set; }

        public long? LoggedAt { get; set; }

        /// <summary>Errors since the last line.</summary>
        public int Count { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "{Subject} fails: {Reason}")]
        public static partial void Fails(ILogger logger, LogLevel level, string subject, string reason);

        [LoggerMessage(Message = "{Subject} has failed for {Time}, {Count} errors since the last line: {Reason}")]
        public static partial void StillFails(
            ILogger logger,
            LogLevel level,
            string subject,
            TimeSpan time,
            int count,
            string reason
        );

        [LoggerMessage(Level = LogLevel.Information, Message = "{Subject} works again after {Time}")]
        public static partial void WorksAgain(ILogger logger, string subject, TimeSpan time);
    }
}
