using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>The answer to completing and to cancelling a run.</summary>
internal static class ClosedRun
{
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
