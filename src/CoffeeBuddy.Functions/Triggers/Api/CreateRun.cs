using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>POST /api/v1/runs</c>: 201 with a new run, or 200 with the one that is active in the channel.</summary>
public sealed class CreateRun(RunActions actions, Permissions permissions)
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
            errors["workspace_id"] = ["Give the id of a Slack workspace."];
        if (!SlackIds.IsChannelId(body.ChannelId))
            errors["channel_id"] = ["Give the id of a Slack channel."];
        if (errors.Count > 0)
            throw ApiRequest.InvalidFields(errors);

        var caller = context.Caller();
        var actor = permissions.OfCaller(caller, body.UserId);
        var userId = Permissions.PersonOf(actor);
        permissions.RequireNamedWorkspace(body.WorkspaceId!, actor);
        await permissions.RequireAsync(
            actor,
            Operation.OpenRun,
            body.WorkspaceId!,
            body.ChannelId!,
            context.CancellationToken
        );
        var opened = await actions.OpenAsync(
            new(body.WorkspaceId!, body.ChannelId!, userId, IdempotencyKey: request.IdempotencyKey(caller, bytes))
        );
        return opened.Created
            ? Answer(opened.Run, StatusCodes.Status201Created).WithLocation($"/api/v1/runs/{opened.Run.RunId}")
            : Answer(opened.Run, StatusCodes.Status200OK);
    }

    private static JsonHttpResult<RunResource> Answer(CoffeeRun run, int status) =>
        TypedResults.Json(RunResource.From(run), ApiJson.Default.RunResource, statusCode: status);
}
