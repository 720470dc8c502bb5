using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary>
/// <c>GET /api/v1/runs?channel=…&amp;status=…</c>: runs, the newest first. A person sees the runs they take part in.
/// </summary>
public sealed class ListRuns(RunStore runs, Permissions permissions)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    [Function(nameof(ListRuns))]
    [BearerToken]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/runs")] HttpRequest request,
        FunctionContext context
    )
    {
        var errors = new Dictionary<string, string[]>();
        var channel = One(request, "channel", errors);
        if (channel is not null && !SlackIds.IsId(channel))
            errors["channel"] = ["This is not a Slack channel id."];
        var workspace = One(request, "workspace", errors);
        if (workspace is not null && !SlackIds.IsId(workspace))
            errors["workspace"] = ["This is not a Slack workspace id."];
        var status = One(request, "status", errors) switch
        {
            null => (RunStatus?)null,
            "active" => RunStatus.Active,
            "completed" => RunStatus.Completed,
            "cancelled" => RunStatus.Cancelled,
            _ => Wrong(errors),
        };
        var limit = DefaultLimit;
        if (One(request, "limit", errors) is { } text && (!int.TryParse(text, out limit) || limit is < 1 or > MaxLimit))
            errors["limit"] = [$"Give a whole number from 1 to {MaxLimit}."];
        if (errors.Count > 0)
            throw ApiRequest.Invalid("Some parameters are wrong: see errors.", errors);

        var actor = permissions.OfCaller(context.Caller());
        var visible = await runs.ListAsync(
            workspace,
            channel,
            status,
            limit,
            context.CancellationToken,
            userId: Permissions.May(actor, Operation.ListAllRuns) ? null : actor.UserId ?? ""
        );
        return TypedResults.Json(
            new RunList([.. visible.Select(entry => RunResource.From(entry.Run, entry.OrderCount))]),
            ApiJson.Default.RunList
        );
    }

    private static string? One(HttpRequest request, string name, Dictionary<string, string[]> errors)
    {
        var values = request.Query[name];
        if (values.Count > 1)
            errors[name] = ["Give this parameter only once."];
        return values.Count == 1 ? values[0] : null;
    }

    private static RunStatus? Wrong(Dictionary<string, string[]> errors)
    {
        errors["status"] = ["Give one of active, completed, cancelled."];
        return null;
    }
}
