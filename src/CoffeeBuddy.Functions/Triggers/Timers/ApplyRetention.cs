using CoffeeBuddy.Data.Sweeps;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>
/// Deletes audit rows older than the retention (90 days), and published events, handled events, idempotency keys and
/// planned runs that have ended, older than a day.
/// </summary>
public sealed partial class ApplyRetention(SweepStore sweep, ILogger<ApplyRetention> logger)
{
    [Function(nameof(ApplyRetention))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:RetentionSchedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var audit = await sweep.DeleteOldAuditAsync(context.CancellationToken);
        var expired = await sweep.DeleteExpiredAsync(context.CancellationToken);
        Log.Deleted(logger, audit, expired);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Retention deleted {AuditRows} audit rows and {OtherRows} delivery rows")]
        public static partial void Deleted(ILogger logger, int auditRows, int otherRows);
    }
}
