using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Assigns the run's runner if that is due. Called after every order and by a timer.</summary>
    public async Task AssignIfDueAsync(Guid runId)
    {
        var result = await ChangeAsync(
            token => runs.AssignIfDueAsync(runId, TraceParent, token),
            result => result.Events,
            result =>
            {
                if (result.Assigned)
                    metrics.RunnerAssigned(result.Run!.AssignedAt - result.Run.FirstOrderAt);
            }
        );
        if (result.Assigned)
            Log.Assigned(logger, result.Run!.RunnerUserId!, runId, result.Run.AssignmentReason!);
    }

    /// <summary>Assigns the runners of the runs whose deadline has passed.</summary>
    /// <param name="cancellationToken">Ends the sweep between two runs.</param>
    public async Task AssignDueAsync(CancellationToken cancellationToken)
    {
        foreach (var runId in await sweeps.RunsDueForAssignmentAsync(MostPerSweep, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await AssignIfDueAsync(runId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{UserId} is the runner of run {RunId}: {Reason}")]
        public static partial void Assigned(ILogger logger, string userId, Guid runId, string reason);
    }
}
