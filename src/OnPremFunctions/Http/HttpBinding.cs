using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Http;

/// <summary>The route and the methods of an HTTP function.</summary>
internal sealed class HttpBinding(string parameterName, RoutePattern pattern, IReadOnlyList<string> methods)
    : TriggerBinding(parameterName)
{
    public override string Type => "httpTrigger";

    public RoutePattern Pattern => pattern;

    /// <summary>In upper case; empty means all methods.</summary>
    public IReadOnlyList<string> Methods => methods;

    public static HttpBinding? Bind(
        string functionName,
        ParameterInfo parameter,
        HttpTriggerAttribute trigger,
        string prefix,
        IInlineConstraintResolver constraints,
        Action<string> fault
    )
    {
        if (parameter.ParameterType != typeof(HttpRequest))
            fault($"its HTTP trigger is a {parameter.ParameterType.Name}, but must be an HttpRequest");
        if (AttributeReader.AuthorizationLevelOf(parameter) is not AuthorizationLevel.Anonymous and var level)
            fault(
                $"its authorization level is {level}, but this host has no function keys: use AuthorizationLevel.Anonymous and authenticate in a middleware"
            );

        var route = $"{prefix}/{trigger.Route ?? functionName}".Trim('/');
        try
        {
            var pattern = RoutePatternFactory.Parse(route);
            CheckConstraints(pattern, constraints, fault);
            return new HttpBinding(
                parameter.Name!,
                pattern,
                [.. (trigger.Methods ?? []).Select(static method => method.ToUpperInvariant())]
            );
        }
        catch (RoutePatternException exception)
        {
            fault($"its route \"{route}\" is not valid: {exception.Message.TrimEnd('.')}");
            return null;
        }
    }

    public override string ToString() => $"{(methods.Count == 0 ? "*" : string.Join(',', methods))} /{pattern.RawText}";

    private static void CheckConstraints(
        RoutePattern pattern,
        IInlineConstraintResolver constraints,
        Action<string> fault
    )
    {
        foreach (
            var constraint in pattern
                .ParameterPolicies.SelectMany(static policies => policies.Value)
                .Select(static policy => policy.Content)
                .OfType<string>()
        )
        {
            try
            {
                if (constraints.ResolveConstraint(constraint) is null)
                    fault($"its route's constraint \"{constraint}\" does not exist");
            }
            catch (RouteCreationException exception)
            {
                fault($"its route's constraint \"{constraint}\" is not valid: {exception.Message.TrimEnd('.')}");
            }
        }
    }
}
