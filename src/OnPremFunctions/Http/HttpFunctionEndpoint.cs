using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Http;

/// <summary>Answers one function's requests.</summary>
internal sealed class HttpFunctionEndpoint(FunctionDescriptor function, FunctionExecutor executor)
{
    public async Task HandleAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var context = new InvocationContext(function, http.Request, Trace(headers.TraceParent, headers.TraceState))
        {
            HttpContext = http,
            BindingData = http.Request.RouteValues,
        };
        var result = await executor.ExecuteAsync(context, http.RequestAborted);
        if (!result.Succeeded && result.Outcome != Outcome.Cancelled)
            await AnswerAsync(http, result);
    }

    private static W3CTrace Trace(StringValues parent, StringValues state) =>
        StringValues.IsNullOrEmpty(parent) ? W3CTrace.None : new W3CTrace(parent, state);

    /// <summary>Says that it went wrong and never why: that is in the log, under the trace id given here.</summary>
    private static Task AnswerAsync(HttpContext http, InvocationResult result)
    {
        if (http.Response.HasStarted)
        {
            // Half a response must not look like a whole one. Who came to the end, if too late, has written all of it.
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
