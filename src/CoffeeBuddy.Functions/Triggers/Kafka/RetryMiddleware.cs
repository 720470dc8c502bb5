using System.Collections.ObjectModel;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Npgsql;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Says to the host what a failure means for the records: wait as long as was asked for, try again, or never.</summary>
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

    /// <returns>Null where the function's own retry policy says it all.</returns>
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
            // However long the database is away: what was accepted waits for it.
            DatabaseFailureException unavailable => new RetryAfterException(
                unavailable.RetryAfter,
                exception.Message,
                exception
            )
            {
                Counts = false,
            },
            // Class 22, data exception: what the record holds cannot be stored, however often it is tried.
            PostgresException { SqlState: ['2', '2', ..] } => new PermanentFailureException(
                exception.Message,
                exception
            ),
            AggregateException { InnerExceptions: var failures } => TranslateAll(failures),
            _ => null,
        };

    // Runs that failed together are told apart by the host, which tries each alone; the longest wait serves until then.
    private static RetryAfterException? TranslateAll(ReadOnlyCollection<Exception> failures)
    {
        var waits = failures.Select(Translate).OfType<RetryAfterException>().ToList();
        return waits.Count == failures.Count ? waits.MaxBy(wait => wait.Delay) : null;
    }
}
