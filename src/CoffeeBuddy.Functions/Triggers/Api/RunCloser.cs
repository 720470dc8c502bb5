using CoffeeBuddy.Core;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>What completing and cancelling a run have in common: who asks, and what is answered.</summary>
public sealed class RunCloser(EventPublisher publisher, WorkerMetrics metrics)
{
    public static async Task<(string UserId, bool IsAdmin)> WhoAsync(
        HttpRequest request,
        FunctionContext context,
        CoffeeOptions options
    )
    {
        var body = await request.ReadOptionalJsonAsync(ApiJson.Default.CloseRunRequest, context.CancellationToken);
        var caller = context.Caller();
        var userId = caller.ActingUser(body?.UserId);
        return (userId, caller.IsAdmin || options.IsAdmin(userId));
    }

    /// <param name="alreadyDone">The outcome that is what the caller wanted, only earlier.</param>
    public async Task<IResult> AnswerAsync(
        CloseResult result,
        CloseOutcome alreadyDone,
        CancellationToken cancellationToken
    )
    {
        await publisher.PublishAsync(result.Events, cancellationToken);
        if (result.Outcome == CloseOutcome.Closed)
            metrics.RunChanged(result.Run!.Status.ToString().ToLowerInvariant());
        if (result.Outcome == CloseOutcome.Closed || result.Outcome == alreadyDone)
            return Results.Json(RunResource.From(result.Run!), ApiJson.Default.RunResource);
        throw result.Outcome switch
        {
            CloseOutcome.NotFound => ApiRequest.RunNotFound(),
            CloseOutcome.NotAllowed => ApiRequest.Forbidden(
                "That is for the run's runner or an admin; its initiator may cancel it."
            ),
            _ => ApiRequest.RunIsOver(result.Run!),
        };
    }
}
