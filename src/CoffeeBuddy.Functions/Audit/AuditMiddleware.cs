using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Audit;

/// <summary>
/// Tells the audit rows of an HTTP request who causes them, and adds a row when a caller of the API may not do something,
/// or when Slack's request comes from a workspace that is not served. Runs after the authentication: a request without
/// valid credentials is counted and logged, and stores nothing, because anybody could fill the database.
/// </summary>
public sealed partial class AuditMiddleware(AuditStore audit, TimeProvider time, ILogger<AuditMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    /// <summary>
    /// Rows within a minute about workspaces that are not served: before the workspace is known to be one, no person's
    /// requests are limited.
    /// </summary>
    private const int OtherWorkspacesPerMinute = 60;

    private readonly SlidingLimit _otherWorkspaces = new(time, OtherWorkspacesPerMinute, TimeSpan.FromMinutes(1));

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var caller = context.Items.TryGetValue(typeof(Caller), out var item) ? (Caller)item : null;
        AuditOrigin.Current = caller is null ? AuditOrigin.Slack : AuditOrigin.Api(caller.Subject, caller.IsService);
        try
        {
            await next(context);
        }
        catch (RequestRefusedException refusal) when (refusal.Status == StatusCodes.Status403Forbidden || refusal.Hides)
        {
            if (caller is not null || _otherWorkspaces.Take("") is null)
                await AddRefusedAsync(context, caller, refusal);
            throw;
        }
    }

    private async Task AddRefusedAsync(FunctionContext context, Caller? caller, RequestRefusedException refusal)
    {
        var run = context.GetHttpContext()!.GetRouteValue("runId") as string;
        try
        {
            await audit.AddRefusedAsync(
                context.FunctionDefinition.Name,
                refusal.UserId ?? (caller?.UserId is { } own && SlackIds.IsUserId(own) ? own : null),
                Guid.TryParseExact(run, "D", out var runId) ? runId : null,
                refusal.ChannelId,
                refusal.Detail ?? refusal.Title,
                CancellationToken.None
            );
        }
        catch (DatabaseFailureException exception)
        {
            // Nothing was done: the caller gets the refusal nevertheless.
            Log.NotAudited(logger, context.FunctionDefinition.Name, caller?.Subject, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "The refusal of {Function} for {Subject} is not in the audit, because the database cannot be used: {Reason}"
        )]
        public static partial void NotAudited(ILogger logger, string function, string? subject, string reason);
    }
}
