using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace OnPremFunctions.Hosting;

/// <summary>What the builder was told.</summary>
/// <param name="FunctionTypes">Where to look for functions; null: the entry assembly.</param>
/// <param name="Services">What is registered.</param>
/// <param name="Faults">What was wrong before anything was built.</param>
internal sealed record FunctionsHostPlan(
    IReadOnlyList<Type>? FunctionTypes,
    IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> Middleware,
    bool ServesHttp,
    IServiceCollection Services,
    IReadOnlyList<string> Faults
);
