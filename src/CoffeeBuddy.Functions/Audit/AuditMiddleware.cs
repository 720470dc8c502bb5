using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Audit;

/// <summary>
/// Tells the audit rows of an HTTP request who causes them, and adds a row when a caller of the API may not do something.
/// Runs after the authentication: a request without valid credentials is counted and logged, and stores nothing, because
/// anybody could fill the database.
/// </summary>
public sealed partial class AuditMiddleware(AuditStore audit, ILogger<AuditMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var caller = context.Items.TryGetValue(typeof(Caller), out var item) ? (Caller)item : null;
        AuditOrigin.Current = caller is null ? AuditOrigin.Slack : AuditOrigin.Api(caller.Subject, caller.IsService);
        try
        {
            await next(context);
        }
        catch (RequestRefusedException refusal)
            when (caller is not null && (refusal.Status == StatusCodes.Status403Forbidden || refusal.Hides))
        {
            await AddRefusedAsync(context, caller, refusal);
            throw;
        }
    }

    private async Task AddRefusedAsync(FunctionContext context, Caller caller, RequestRefusedException refusal)
    {
        var run = context.GetHttpContext()!.GetRouteValue("runId") as string;
        try
        {
            await audit.AddRefusedAsync(
                context.FunctionDefinition.Name,
                caller.UserId,
                Guid.TryParseExact(run, "D", out var runId) ? runId : null,
                channelId: null,
                refusal.Detail ?? refusal.Title,
                CancellationToken.None
            );
        }
        catch (DatabaseFailureException exception)
        {
            // Nothing was done: the caller gets the refusal nevertheless.
            Log.NotAudited(logger, context.FunctionDefinition.Name, caller.Subject, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "The refusal of {Function} for {Subject} is not in the audit, because the database cannot be used: {Reason}"
        )]
        public static partial void NotAudited(ILogger logger, string function, string subject, string reason);
    }
}
