using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>What completing and cancelling a run have in common: who may do it, and the answer.</summary>
internal static class ClosedRun
{
    /// <exception cref="RequestRefusedException">The caller may not do it, or may not know of the run.</exception>
    public static async Task<(Guid RunId, Actor Actor)> RequireAsync(
        HttpRequest request,
        string runId,
        Operation operation,
        RunStore runs,
        Permissions permissions,
        FunctionContext context
    )
    {
        var body = await request.ReadOptionalJsonAsync(ApiJson.Default.CloseRunRequest, context.CancellationToken);
        var actor = permissions.OfCaller(context.Caller(), body?.UserId);
        if (!actor.IsAdmin)
            Permissions.PersonOf(actor);
        var id = ApiRequest.RunId(runId);
        var details = await runs.GetAsync(id, context.CancellationToken);
        await permissions.RequireAsync(actor, operation, details, context.CancellationToken);
        return (id, actor);
    }

    /// <param name="repetition">The outcome that answers a repeated request like the first one.</param>
    public static IResult Answer(CloseResult result, CloseOutcome repetition) =>
        result.Outcome switch
        {
            CloseOutcome.Closed => Run(result),
            _ when result.Outcome == repetition => Run(result),
            CloseOutcome.NotFound => throw Permissions.RunNotFound(),
            // The run got another runner after the permission was checked.
            CloseOutcome.NotAllowed => throw ApiRequest.Forbidden("This is no longer allowed to you."),
            CloseOutcome.NoRunner => throw new RequestRefusedException(
                StatusCodes.Status409Conflict,
                "The run has no runner yet.",
                "To be completed it needs a runner."
            ),
            _ => throw ApiRequest.RunIsOver(result.Run!),
        };

    private static JsonHttpResult<RunResource> Run(CloseResult result) =>
        TypedResults.Json(RunResource.From(result.Run!), ApiJson.Default.RunResource);
}
