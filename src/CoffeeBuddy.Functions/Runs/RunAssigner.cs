using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Triggers.Slack;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>Assigns a run's runner when that is due: asked after every order and by the sweep.</summary>
public sealed partial class RunAssigner(
    RunStore runs,
    EventPublisher publisher,
    WorkerMetrics metrics,
    ILogger<RunAssigner> logger
)
{
    public async Task AssignIfDueAsync(Guid runId, CancellationToken cancellationToken)
    {
        var result = await runs.AssignIfDueAsync(runId, SlackAnswers.TraceParent, cancellationToken);
        if (!result.Assigned)
            return;
        var run = result.Run!;
        metrics.RunnerAssigned(run.AssignedAt - run.FirstOrderAt);
        Log.Assigned(logger, run.RunnerUserId!, runId, run.AssignmentReason!);
        await publisher.PublishAsync(result.Events, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{UserId} makes run {RunId}: {Reason}")]
        public static partial void Assigned(ILogger logger, string userId, Guid runId, string reason);
    }
}
