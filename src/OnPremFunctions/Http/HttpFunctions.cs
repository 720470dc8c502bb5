using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Http;

/// <summary>Adds the HTTP functions to ASP.NET Core's routing.</summary>
internal static class HttpFunctions
{
    public static void Map(
        IEndpointRouteBuilder endpoints,
        IEnumerable<FunctionDescriptor> functions,
        InvocationRunner runner,
        FunctionMetrics metrics
    )
    {
        foreach (var function in functions)
        {
            if (function.Trigger is not HttpBinding http)
                continue;

            metrics.InitializeResponses(function.Name);
            RequestDelegate handle = new HttpFunctionEndpoint(function, runner, metrics).HandleAsync;
            var endpoint = endpoints.Map(http.Pattern, handle).WithDisplayName(function.Name);
            if (http.Methods.Count > 0)
                endpoint.WithMetadata(new HttpMethodMetadata(http.Methods));
        }
    }

    /// <summary>Reports functions that would answer the same requests as another function or the host.</summary>
    public static void CheckRoutes(IReadOnlyList<FunctionDescriptor> functions, List<string> faults)
    {
        var routes = (
            from function in functions
            let http = function.Trigger as HttpBinding
            where http is not null
            select (function.Name, http.Methods, Shape: ShapeOf(http.Pattern))
        ).ToList();
        foreach (var (name, _, shape) in routes.Where(static route => HostEndpoints.Routes.Contains(route.Shape)))
            faults.Add($"Function {name}: its route \"{shape}\" is used by the host.");

        for (var first = 0; first < routes.Count; first++)
        {
            foreach (
                var other in routes
                    .Skip(first + 1)
                    .Where(other => other.Shape == routes[first].Shape && Overlap(other.Methods, routes[first].Methods))
            )
                faults.Add(
                    $"Functions {routes[first].Name} and {other.Name} have the same route \"{other.Shape}\" for the same method."
                );
        }
    }

    private static bool Overlap(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
        some.Count == 0 || others.Count == 0 || some.Intersect(others, StringComparer.Ordinal).Any();

    /// <summary>
    /// The route without the names of its parameters but with their constraints, which may distinguish two routes.
    /// </summary>
    private static string ShapeOf(RoutePattern pattern) =>
        string.Join(
            '/',
            pattern.PathSegments.Select(static segment =>
                string.Concat(
                    segment.Parts.Select(static part =>
                        part switch
                        {
                            RoutePatternLiteralPart literal => literal.Content.ToLowerInvariant(),
                            RoutePatternSeparatorPart separator => separator.Content,
                            RoutePatternParameterPart parameter =>
                                $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Concat(parameter.ParameterPolicies.Select(static policy => $":{policy.Content}"))}}}",
                            _ => "",
                        }
                    )
                )
            )
        );
}
