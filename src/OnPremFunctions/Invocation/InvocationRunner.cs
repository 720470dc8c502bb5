using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Invocation;

/// <summary>Runs one invocation: scope, trace, timeout, middleware, metrics, log. Never throws.</summary>
/// <param name="pipeline">The application's middleware, and last <see cref="CallFunction"/>.</param>
internal sealed partial class InvocationRunner(
    FunctionExecutionDelegate pipeline,
    IServiceScopeFactory scopes,
    HostState host,
    FunctionMetrics metrics,
    StuckInvocationMonitor stuck,
    TimeProvider time,
    ILogger<InvocationRunner> logger
)
{
    /// <summary>
    /// The last step of the pipeline. Microsoft's own last step is not used: it hands over results through a type that
    /// is internal to its packages.
    /// </summary>
    public static async Task CallFunction(FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        invocation.Result = await invocation.Function.Invoker.InvokeAsync(invocation);
    }

    /// <param name="abort">Cancels the invocation, as its timeout does.</param>
    public async Task<InvocationResult> RunAsync(InvocationContext context, CancellationToken abort)
    {
        var name = context.Function.Name;
        var limit = host.Options.FunctionTimeout ?? Timeout.InfiniteTimeSpan;
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abort, timeout.Token);
        context.CancelWith(either.Token);

        using var activity = InvocationActivity.Start(context);
        var call = new InvocationScope(context);
        using var scope = logger.BeginScope(call);
        using var watch = stuck.Watch(name, call, timeout.Token);
        metrics.InvocationStarted(name);
        var started = Stopwatch.GetTimestamp();
        var error = await ExecuteAsync(context);
        var result = ResultOf(error, timeout.IsCancellationRequested ? limit : null, abort.IsCancellationRequested);
        metrics.InvocationEnded(name, result.Outcome, Stopwatch.GetElapsedTime(started));
        Report(context, result, activity, limit);
        return result;
    }

    private async Task<Exception?> ExecuteAsync(InvocationContext context)
    {
        try
        {
            if (context.HttpContext is { } http)
            {
                context.InstanceServices = http.RequestServices;
                await pipeline(context);
                if (context.Result is { } result)
                    await result.ExecuteAsync(http);
                return null;
            }

            await using var services = scopes.CreateAsyncScope();
            context.InstanceServices = services.ServiceProvider;
            await pipeline(context);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>
    /// A cancelled invocation is never a success, even when the function returned: it may have caught its cancellation
    /// and left work undone.
    /// </summary>
    /// <param name="timeout">The limit that was exceeded; null when none was.</param>
    private static InvocationResult ResultOf(Exception? error, TimeSpan? timeout, bool aborted)
    {
        var threw = error is not null;
        if (timeout is not null)
            return new(
                Outcome.Timeout,
                error ?? new TimeoutException($"The function ran longer than functionTimeout, {timeout:c}."),
                threw
            );
        if (aborted)
            return new(
                Outcome.Cancelled,
                error ?? new OperationCanceledException("The invocation was cancelled."),
                threw
            );

        return error switch
        {
            null => new(Outcome.Success, null, Threw: false),
            BadHttpRequestException => new(Outcome.Rejected, error, Threw: true),
            _ => new(Outcome.Failure, error, Threw: true),
        };
    }

    private void Report(InvocationContext context, InvocationResult result, Activity? activity, TimeSpan limit)
    {
        if (result.Succeeded)
        {
            Log.Succeeded(logger, context.Function.Name);
            return;
        }

        activity?.SetStatus(ActivityStatusCode.Error, result.Outcome.ToString());
        switch (result.Outcome)
        {
            case Outcome.Cancelled or Outcome.Rejected:
                Log.NotCompleted(logger, context.Function.Name, result.Outcome, result.Error!.Message);
                break;
            case Outcome.Timeout:
                Log.TimedOut(logger, context.Function.Name, limit, result.Error!);
                break;
            default:
                // A failure that is retried is a warning. Kafka functions log an error when a record is dead-lettered.
                var level = context.Retry is null ? LogLevel.Error : LogLevel.Warning;
                Log.Failed(logger, level, context.Function.Name, result.Error!);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Function} succeeded")]
        public static partial void Succeeded(ILogger logger, string function);

        [LoggerMessage(Message = "{Function} failed")]
        public static partial void Failed(ILogger logger, LogLevel level, string function, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Function} ran longer than functionTimeout, {Timeout}")]
        public static partial void TimedOut(ILogger logger, string function, TimeSpan timeout, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} did not complete ({Outcome}): {Reason}")]
        public static partial void NotCompleted(ILogger logger, string function, Outcome outcome, string reason);
    }
}
