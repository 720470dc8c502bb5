using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Calls what comes after a middleware, at the end the function.</summary>
[SuppressMessage(
    "Naming",
    "CA1711:Identifiers should not have incorrect suffix",
    Justification = "The published name."
)]
public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>Runs around every function it is used for. One instance serves all invocations.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Calls <paramref name="next"/>, or does not and so keeps the function from running.</summary>
    [SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The published name.")]
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
