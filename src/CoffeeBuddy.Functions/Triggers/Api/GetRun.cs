using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/runs/{run_id}</c>: the run and the orders that the caller may see.</summary>
public sealed class GetRun(RunStore runs, Permissions permissions)
{
    [Function(nameof(GetRun))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/runs/{runId}")] HttpRequest request,
        string runId,
        FunctionContext context
    )
    {
        var actor = permissions.OfCaller(context.Caller());
        var details = await runs.GetAsync(ApiRequest.RunId(runId), context.CancellationToken);
        await permissions.RequireAsync(actor, Operation.SeeRun, details, context.CancellationToken);
        var visible = details!.Orders.Where(order => Permissions.MaySee(actor, details.Run, order));
        return TypedResults.Json(
            RunResource.From(details.Run, details.Orders.Count, visible),
            ApiJson.Default.RunResource
        );
    }
}
