using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Http;

/// <summary>Answers the requests of one function.</summary>
internal sealed class HttpFunctionEndpoint(
    FunctionDescriptor function,
    InvocationRunner runner,
    FunctionMetrics metrics
)
{
    public async Task HandleAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var context = new InvocationContext(function, http.Request, Trace(headers.TraceParent, headers.TraceState))
        {
            HttpContext = http,
            BindingData = http.Request.RouteValues,
        };
        var result = await runner.RunAsync(context, http.RequestAborted);
        var isPartial = result.Threw && http.Response.HasStarted;
        if (!result.Succeeded && result.Outcome != Outcome.Cancelled)
            await WriteErrorAsync(http, result);
        metrics.Responded(
            function.Name,
            isPartial || http.RequestAborted.IsCancellationRequested ? null : http.Response.StatusCode
        );
    }

    private static W3CTrace Trace(StringValues parent, StringValues state) =>
        StringValues.IsNullOrEmpty(parent) ? W3CTrace.None : new W3CTrace(parent, state);

    /// <summary>The response does not contain the cause: the log has it under the trace id in the response.</summary>
    private static Task WriteErrorAsync(HttpContext http, InvocationResult result)
    {
        if (http.Response.HasStarted)
        {
            // Abort, so that the client does not take a partial response for a complete one. A function that returned,
            // if too late, has written all of it.
            if (result.Threw)
                http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        var (status, title) = (result.Outcome, result.Error) switch
        {
            (Outcome.Rejected, BadHttpRequestException bad) => (bad.StatusCode, bad.Message),
            (Outcome.Timeout, _) => (
                StatusCodes.Status503ServiceUnavailable,
                "The request took too long. Try again later."
            ),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong here. Try again later."),
        };
        return TypedResults.Problem(title: title, statusCode: status).ExecuteAsync(http);
    }
}
