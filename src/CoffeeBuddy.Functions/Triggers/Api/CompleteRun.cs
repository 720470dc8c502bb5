using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>PATCH /api/v1/runs/{run_id}/complete</c>: for the runner, the initiator and admins. A repetition changes nothing.
/// </summary>
public sealed class CompleteRun(RunActions actions)
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
        var actor = Permissions.ActorFor(context.Caller(), body?.UserId);
        var result = await actions.CompleteAsync(ApiRequest.RunId(runId), actor);
        return ClosedRun.Answer(result, repetition: CloseOutcome.AlreadyCompleted);
    }
}
