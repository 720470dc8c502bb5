using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>POST /api/v1/runs</c>: 201 with a new run, or 200 with the one that is active in the channel.</summary>
public sealed class CreateRun(RunStore runs, EventPublisher publisher, WorkerMetrics metrics)
{
    [Function(nameof(CreateRun))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/v1/runs")] HttpRequest request,
        FunctionContext context
    )
    {
        var (body, bytes) = await request.ReadJsonAsync(ApiJson.Default.CreateRunRequest, context.CancellationToken);
        var errors = new Dictionary<string, string[]>();
        if (!SlackIds.IsId(body.WorkspaceId))
            errors["workspace_id"] = ["A Slack workspace id is needed."];
        if (!SlackIds.IsChannelId(body.ChannelId))
            errors["channel_id"] = ["A Slack channel id is needed."];
        if (errors.Count > 0)
            throw ApiRequest.Invalid("Some fields are missing or wrong.", errors);

        var caller = context.Caller();
        var opened = await runs.OpenOrJoinAsync(
            new(
                body.WorkspaceId!,
                body.ChannelId!,
                caller.ActingUser(body.UserId),
                null,
                SlackAnswers.TraceParent,
                request.IdempotencyKey(caller, bytes)
            ),
            context.CancellationToken
        );
        await publisher.PublishAsync(opened.Events, context.CancellationToken);
        if (opened is { Created: true, Replayed: false })
            metrics.RunChanged("created");
        var resource = RunResource.From(opened.Run);
        return Results
            .Json(
                resource,
                ApiJson.Default.RunResource,
                statusCode: opened.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK
            )
            .WithLocation($"/api/v1/runs/{opened.Run.RunId}", opened.Created);
    }
}
