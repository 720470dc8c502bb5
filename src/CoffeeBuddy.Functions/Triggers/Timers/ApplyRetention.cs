using CoffeeBuddy.Data.Sweeps;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Deletes audit rows past their retention (90 days), and bookkeeping that is of no more use.</summary>
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
        [LoggerMessage(
            LogLevel.Information,
            "Retention deleted {AuditRows} audit rows and {OtherRows} rows of bookkeeping"
        )]
        public static partial void Deleted(ILogger logger, int auditRows, int otherRows);
    }
}
