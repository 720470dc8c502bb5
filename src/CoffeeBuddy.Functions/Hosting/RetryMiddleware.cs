using System.Collections.ObjectModel;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Npgsql;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// Translates a failure for the host: retry after a given wait, retry by the function's policy, or do not retry.
/// </summary>
public sealed class RetryMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (Translate(exception) is not null)
        {
            throw Translate(exception)!;
        }
    }

    /// <returns>Null where the function's own retry policy applies.</returns>
    public static Exception? Translate(Exception exception) =>
        exception switch
        {
            SlackApiException { Kind: SlackErrorKind.RateLimited or SlackErrorKind.Retry, RetryAfter: { } wait } =>
                new RetryAfterException(wait, exception.Message, exception),
            SlackApiException { Kind: SlackErrorKind.Authentication or SlackErrorKind.Permanent } =>
                new PermanentFailureException(exception.Message, exception),
            MessageBusyException => new RetryAfterException(
                TimeSpan.FromMilliseconds(500),
                exception.Message,
                exception
            ),
            // Retried without limit: an accepted record is not dead-lettered because of a long database outage.
            DatabaseFailureException unavailable => new RetryAfterException(
                unavailable.RetryAfter,
                exception.Message,
                exception
            )
            {
                Counts = false,
            },
            // Class 22, data exception: the record's contents cannot be stored, a retry would fail again.
            PostgresException { SqlState: ['2', '2', ..] } => new PermanentFailureException(
                exception.Message,
                exception
            ),
            AggregateException { InnerExceptions: var failures } => TranslateAll(failures),
            _ => null,
        };

    // The host retries each record of the batch alone; before that it waits for the longest of the waits.
    private static RetryAfterException? TranslateAll(ReadOnlyCollection<Exception> failures)
    {
        var waits = failures.Select(Translate).OfType<RetryAfterException>().ToList();
        return waits.Count == failures.Count ? waits.MaxBy(wait => wait.Delay) : null;
    }
}
