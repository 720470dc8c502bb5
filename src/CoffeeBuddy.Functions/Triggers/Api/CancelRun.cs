using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>PATCH /api/v1/runs/{run_id}/cancel</c>: for the initiator, the runner and admins. A repetition changes nothing.
/// </summary>
public sealed class CancelRun(RunActions actions, RunStore runs, Permissions permissions)
{
    [Function(nameof(CancelRun))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/runs/{runId}/cancel")] HttpRequest request,
        string runId,
        FunctionContext context
    )
    {
        var (id, actor) = await ClosedRun.RequireAsync(request, runId, Operation.CancelRun, runs, permissions, context);
        var result = await actions.CancelAsync(id, actor);
        return ClosedRun.Answer(result, repetition: CloseOutcome.AlreadyCancelled);
    }
}
