using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Invocation;

/// <summary>Runs an invocation through the middleware: scope, trace, timeout, measurement. Never throws.</summary>
internal sealed partial class FunctionExecutor(
    IServiceScopeFactory scopes,
    FunctionMetrics metrics,
    Overruns overruns,
    TimeProvider time,
    ILogger<FunctionExecutor> logger
)
{
    private FunctionExecutionDelegate _pipeline = CallFunction;
    private TimeSpan _timeout = Timeout.InfiniteTimeSpan;

    public void Configure(
        IEnumerable<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware,
        TimeSpan? timeout
    )
    {
        _pipeline = middleware
            .Reverse()
            .Aggregate((FunctionExecutionDelegate)CallFunction, static (next, layer) => layer(next));
        _timeout = timeout ?? Timeout.InfiniteTimeSpan;
    }

    /// <param name="abort">What besides the timeout cancels the invocation.</param>
    public async Task<InvocationResult> ExecuteAsync(InvocationContext context, CancellationToken abort)
    {
        var name = context.Function.Name;
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abort, timeout.Token);
        context.CancelWith(either.Token);

        using var activity = InvocationActivity.Start(context);
        var call = new InvocationScope(context);
        using var scope = logger.BeginScope(call);
        using var overrun = overruns.Watch(name, call, timeout.Token);
        metrics.InvocationStarted(name);
        var started = Stopwatch.GetTimestamp();
        var error = await RunAsync(context);
        var result = Judge(error, timeout.IsCancellationRequested, abort.IsCancellationRequested);
        metrics.InvocationEnded(name, result.Outcome, Stopwatch.GetElapsedTime(started));
        Report(context, result, activity);
        return result;
    }

    private static async Task CallFunction(Microsoft.Azure.Functions.Worker.FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        invocation.Result = await invocation.Function.Invoker.InvokeAsync(invocation);
    }

    private async Task<Exception?> RunAsync(InvocationContext context)
    {
        try
        {
            if (context.HttpContext is { } http)
            {
                context.InstanceServices = http.RequestServices;
                await _pipeline(context);
                if (context.Result is { } result)
                    await result.ExecuteAsync(http);
                return null;
            }

            await using var services = scopes.CreateAsyncScope();
            context.InstanceServices = services.ServiceProvider;
            await _pipeline(context);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>An interrupted invocation is never a success, even when it returned: it may have swallowed its cancellation half way.</summary>
    private InvocationResult Judge(Exception? error, bool timedOut, bool aborted)
    {
        if (timedOut)
            return new(
                Outcome.Timeout,
                error ?? new TimeoutException($"The function ran longer than functionTimeout, {_timeout:c}."),
                error is not null
            );
        if (aborted)
            return new(
                Outcome.Cancelled,
                error ?? new OperationCanceledException("The invocation was interrupted."),
                error is not null
            );

        return new(
            error switch
            {
                null => Outcome.Success,
                BadHttpRequestException => Outcome.Rejected,
                _ => Outcome.Failure,
            },
            error,
            error is not null
        );
    }

    private void Report(InvocationContext context, InvocationResult result, Activity? activity)
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
                Log.Interrupted(logger, context.Function.Name, result.Outcome, result.Error!.Message);
                break;
            case Outcome.Timeout:
                Log.TimedOut(logger, context.Function.Name, _timeout, result.Error!);
                break;
            default:
                // What is retried is not an error yet.
                Log.Failed(
                    logger,
                    context.Retry is null ? LogLevel.Error : LogLevel.Warning,
                    context.Function.Name,
                    result.Error!
                );
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

        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} ended as {Outcome}: {Reason}")]
        public static partial void Interrupted(ILogger logger, string function, Outcome outcome, string reason);
    }
}
