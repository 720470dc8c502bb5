using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Api;

/// <summary><c>GET /api/v1/runs?channel=…&amp;status=…</c>: runs, newest first; a person sees those they are part of.</summary>
public sealed class ListRuns(RunStore runs, IOptions<CoffeeOptions> options)
{
    private const int UsualLimit = 20;
    private const int LargestLimit = 100;

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
        var limit = UsualLimit;
        if (
            One(request, "limit", errors) is { } text
            && (!int.TryParse(text, out limit) || limit is < 1 or > LargestLimit)
        )
            errors["limit"] = [$"A whole number from 1 to {LargestLimit}."];
        if (errors.Count > 0)
            throw ApiRequest.Invalid("Some parameters are wrong.", errors);

        var caller = context.Caller();
        var all = caller.IsService || caller.IsAdmin(options.Value);
        var visible = await runs.ListAsync(
            workspace,
            channel,
            status,
            limit,
            context.CancellationToken,
            all ? null : caller.UserId ?? ""
        );
        return Results.Json(
            new RunList([.. visible.Select(entry => RunResource.From(entry.Run, entry.OrderCount))]),
            ApiJson.Default.RunList
        );
    }

    private static string? One(HttpRequest request, string name, Dictionary<string, string[]> errors)
    {
        var values = request.Query[name];
        if (values.Count > 1)
            errors[name] = ["Give it once."];
        return values.Count == 1 ? values[0] : null;
    }

    private static RunStatus? Wrong(Dictionary<string, string[]> errors)
    {
        errors["status"] = ["One of active, completed, cancelled."];
        return null;
    }
}
