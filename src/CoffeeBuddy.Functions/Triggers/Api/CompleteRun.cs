using CoffeeBuddy.Core;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>PATCH /api/v1/runs/{run_id}/complete</c>: by the runner or an admin; again, it changes nothing.</summary>
public sealed class CompleteRun(RunStore runs, RunCloser closer, IOptions<CoffeeOptions> options)
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
        var (userId, isAdmin) = await RunCloser.WhoAsync(request, context, options.Value);
        var result = await runs.CompleteAsync(
            ApiRequest.RunId(runId),
            userId,
            Slack.SlackAnswers.TraceParent,
            context.CancellationToken,
            isAdmin
        );
        return await closer.AnswerAsync(result, CloseOutcome.AlreadyCompleted, context.CancellationToken);
    }
}
