using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>The worker's HTTP functions.</summary>
internal static class HttpFunctions
{
    public static IReadOnlyList<(string Route, IReadOnlyList<string> Methods)> All { get; } =
    [
        .. FunctionTriggers
            .Of<HttpTriggerAttribute>()
            .Select(trigger =>
                (
                    trigger.Route!,
                    (IReadOnlyList<string>)[.. trigger.Methods!.Select(method => method.ToUpperInvariant())]
                )
            ),
    ];
}
