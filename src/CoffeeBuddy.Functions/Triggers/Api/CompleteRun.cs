using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>PATCH /api/v1/runs/{run_id}/complete</c>: for the runner, the initiator and admins. A repetition changes nothing.
/// </summary>
public sealed class CompleteRun(RunActions actions, RunStore runs, Permissions permissions)
{
    [Function(nameof(CompleteRun))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/v1/runs/{runId}/complete")]
            HttpRequest request,
        string runId,
        FunctionContext context
    )
    {
        var body = await request.ReadOptionalJsonAsync(ApiJson.Default.CloseRunRequest, context.CancellationToken);
        var actor = permissions.OfCaller(context.Caller(), body?.UserId);
        if (!actor.IsAdmin)
            Permissions.PersonOf(actor);
        var id = ApiRequest.RunId(runId);
        var details = await runs.GetAsync(id, context.CancellationToken);
        await permissions.RequireAsync(actor, Operation.CompleteRun, details, context.CancellationToken);
        var result = await actions.CompleteAsync(id, actor);
        return ClosedRun.Answer(result, repetition: CloseOutcome.AlreadyCompleted);
    }
}
