using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Hosting;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;

namespace OnPremFunctions;

/// <summary>
/// Runs HTTP functions for requests that did not come over HTTP, such as the messages of a WebSocket. Middleware,
/// timeout, metrics and log are those of a request over HTTP.
/// </summary>
public sealed class HttpFunctionDispatcher
{
    private readonly HostState _state;
    private readonly InvocationRunner _runner;
    private readonly FunctionMetrics _metrics;
    private readonly IServiceScopeFactory _scopes;

    internal HttpFunctionDispatcher(
        HostState state,
        InvocationRunner runner,
        FunctionMetrics metrics,
        IServiceScopeFactory scopes
    )
    {
        _state = state;
        _runner = runner;
        _metrics = metrics;
        _scopes = scopes;
    }

    /// <summary>Whether this host serves an HTTP function of this name. Known once the host starts.</summary>
    public bool Serves(string function) => Find(function) is not null;

    /// <summary>
    /// Runs the function and completes when its response is written, also that of a failure. The function's services
    /// have a scope of their own.
    /// </summary>
    /// <param name="http">Has the request, and a response body that can be written. The caller can add features by
    /// which middleware recognises the request.</param>
    /// <exception cref="ArgumentException">This host does not serve the function.</exception>
    public async Task InvokeAsync(string function, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var found =
            Find(function)
            ?? throw new ArgumentException($"There is no HTTP function {function} in this host.", nameof(function));
        await using var services = _scopes.CreateAsyncScope();
        http.RequestServices = services.ServiceProvider;
        await new HttpFunctionEndpoint(found, _runner, _metrics).HandleAsync(http);
    }

    private FunctionDescriptor? Find(string name) =>
        _state.Functions.FirstOrDefault(function =>
            function.Trigger is HttpBinding && string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase)
        );
}
