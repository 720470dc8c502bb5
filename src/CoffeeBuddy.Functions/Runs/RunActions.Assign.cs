using CoffeeBuddy.Data.Runs;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Assigns the run's runner if that is due. Called after every order and by a timer.</summary>
    public Task AssignIfDueAsync(Guid runId) =>
        AssignAsync(
            runId,
            async token =>
                await doNotDisturb.RefreshIfDueAsync(runId, token)
                    ? await runs.AssignIfDueAsync(runId, TraceParent, token)
                    : new(Assigned: false, null, [])
        );

    /// <summary>Assigns the next fairest, because Slack refuses direct messages to the runner for good.</summary>
    /// <param name="error">Slack's error code.</param>
    public Task ReplaceRunnerAsync(Guid runId, string runnerUserId, string error) =>
        AssignAsync(
            runId,
            async token =>
            {
                await doNotDisturb.RefreshAsync(runId, token);
                return await runs.ReplaceRunnerAsync(runId, runnerUserId, error, TraceParent, token);
            }
        );

    private async Task AssignAsync(Guid runId, Func<CancellationToken, Task<AssignResult>> store)
    {
        var result = await ChangeAsync(
            store,
            result => result.Events,
            result =>
            {
                if (result.Assigned)
                    metrics.RunnerAssigned(result.Run!.AssignedAt - result.Run.FirstOrderAt, result.Spread);
            }
        );
        if (result.Assigned)
            Log.Assigned(logger, result.Run!.RunnerUserId!, runId, result.Run.AssignmentReason!);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{UserId} is the runner of run {RunId}: {Reason}")]
        public static partial void Assigned(ILogger logger, string userId, Guid runId, string reason);
    }
}
