using System.Globalization;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Turns exceptions of HTTP functions into answers: 4xx for an error of the caller, 503 while the database is away.
/// </summary>
public sealed partial class RefusalMiddleware(WorkerMetrics metrics, ILogger<RefusalMiddleware> logger)
    : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        try
        {
            await next(context);
        }
        catch (RequestRefusedException refusal)
        {
            await RefuseAsync(context, http, refusal);
        }
        catch (IdempotencyConflictException)
        {
            await RefuseAsync(
                context,
                http,
                new(
                    StatusCodes.Status422UnprocessableEntity,
                    "The Idempotency-Key was used before.",
                    "It came with another request: use a new key."
                )
            );
        }
        catch (ActiveRunLimitException limit)
        {
            await RefuseAsync(
                context,
                http,
                new(
                    StatusCodes.Status409Conflict,
                    "Too many active runs.",
                    $"One person may have started {limit.Limit} runs that are active: complete or cancel one first."
                )
            );
        }
        catch (DatabaseUnavailableException unavailable)
        {
            metrics.DatabaseUnavailable(context.FunctionDefinition.Name);
            Log.DatabaseUnavailable(
                logger,
                context.FunctionDefinition.Name,
                unavailable.InnerException?.Message ?? unavailable.Message
            );
            await AnswerAsync(http, unavailable, "The database cannot be reached.");
        }
        catch (DatabaseBusyException busy)
        {
            Log.DatabaseBusy(logger, context.FunctionDefinition.Name, busy.InnerException?.Message ?? busy.Message);
            await AnswerAsync(http, busy, "The database is busy.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection: no answer is possible.
        }
    }

    private Task RefuseAsync(FunctionContext context, HttpContext http, RequestRefusedException refusal)
    {
        metrics.RequestRefused(context.FunctionDefinition.Name, refusal.Status);
        Log.Refused(logger, context.FunctionDefinition.Name, refusal.Status, refusal.Message);
        if (refusal.Challenge is not null)
            http.Response.Headers.WWWAuthenticate = refusal.Challenge;
        if (refusal.RetryAfter is { } retryAfter)
            http.Response.Headers.RetryAfter = WholeSeconds(retryAfter);
        return AnswerAsync(http, Problem(refusal.Status, refusal.Title, refusal.Detail, refusal.Errors));
    }

    private static ProblemHttpResult Problem(
        int status,
        string title,
        string? detail = null,
        IDictionary<string, string[]>? errors = null
    ) =>
        errors is null
            ? TypedResults.Problem(statusCode: status, title: title, detail: detail, type: "about:blank")
            : TypedResults.Problem(
                statusCode: status,
                title: title,
                detail: detail,
                type: "about:blank",
                extensions: new Dictionary<string, object?> { ["errors"] = errors }
            );

    private static Task AnswerAsync(HttpContext http, DatabaseFailureException failure, string title)
    {
        http.Response.Headers.RetryAfter = WholeSeconds(failure.RetryAfter);
        return AnswerAsync(
            http,
            Problem(
                StatusCodes.Status503ServiceUnavailable,
                title,
                "Try again shortly; with the same Idempotency-Key it is done once."
            )
        );
    }

    /// <summary>Retry-After: at least 1.</summary>
    private static string WholeSeconds(TimeSpan time) =>
        Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static Task AnswerAsync(HttpContext http, ProblemHttpResult result) =>
        http.Response.HasStarted ? Task.CompletedTask : result.ExecuteAsync(http);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Function} refused a request with {Status}: {Reason}")]
        public static partial void Refused(ILogger logger, string function, int status, string reason);

        [LoggerMessage(LogLevel.Error, "{Function} answered 503 because the database cannot be reached: {Reason}")]
        public static partial void DatabaseUnavailable(ILogger logger, string function, string reason);

        [LoggerMessage(LogLevel.Warning, "{Function} answered 503 because the database is busy: {Reason}")]
        public static partial void DatabaseBusy(ILogger logger, string function, string reason);
    }
}
