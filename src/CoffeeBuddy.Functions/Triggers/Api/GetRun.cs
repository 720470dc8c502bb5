using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/runs/{run_id}</c>: the run and the orders that the caller may see.</summary>
public sealed class GetRun(RunStore runs, IOptions<CoffeeOptions> options)
{
    [Function(nameof(GetRun))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/runs/{runId}")] HttpRequest request,
        string runId,
        FunctionContext context
    )
    {
        var caller = context.Caller();
        var details =
            await runs.GetAsync(ApiRequest.RunId(runId), context.CancellationToken) ?? throw ApiRequest.RunNotFound();
        var visible = details.Orders.Where(order => MaySee(caller, details.Run, order));
        return Results.Json(RunResource.From(details.Run, details.Orders.Count, visible), ApiJson.Default.RunResource);
    }

    // People see their own orders; the runner, who has to bring them, services and admins see all.
    private bool MaySee(Caller caller, CoffeeRun run, Order order) =>
        caller.IsService
        || caller.IsAdmin(options.Value)
        || (caller.UserId is { } userId && (order.UserId == userId || run.RunnerUserId == userId));
}
