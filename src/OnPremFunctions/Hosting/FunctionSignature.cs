using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>Checks the signature of a function's method and the constructor of its class.</summary>
internal static class FunctionSignature
{
    public static void Check(MethodInfo method, TriggerBinding? trigger, Action<string> fault)
    {
        var type = method.DeclaringType!;
        if (!method.IsPublic)
            fault("the method must be public");
        if (method.ContainsGenericParameters)
            fault("neither the method nor its class may be generic");
        if (type.IsAbstract && !method.IsStatic)
            fault("its class is abstract, so nothing can create it");
        // The remaining checks depend on the trigger. Its own fault has been reported already.
        if (trigger is null)
            return;

        if (!IsAllowed(method.ReturnType, http: trigger is HttpBinding))
            fault(
                $"it returns {method.ReturnType.Name}, but must return nothing, Task or ValueTask, or for HTTP an IResult (or a Task of one)"
            );
        foreach (var parameter in method.GetParameters().Where(parameter => parameter.Name != trigger.Name))
        {
            if (
                parameter.ParameterType != typeof(FunctionContext)
                && parameter.ParameterType != typeof(CancellationToken)
            )
                CheckRouteValue(parameter, trigger, fault);
        }
    }

    public static void CheckDependencies(Type type, IServiceProviderIsService services, Action<string> fault)
    {
        if (type.IsAbstract)
            return;
        if (type.GetConstructors() is not [var constructor])
        {
            fault("its class must have one public constructor");
            return;
        }

        foreach (var parameter in constructor.GetParameters())
        {
            if (!parameter.HasDefaultValue && !IsRegistered(parameter, services))
                fault($"{type.Name} needs {parameter.ParameterType.Name} ({parameter.Name}), which is not registered");
        }
    }

    private static bool IsRegistered(ParameterInfo parameter, IServiceProviderIsService services) =>
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? services is IServiceProviderIsKeyedService withKeys
                && withKeys.IsKeyedService(parameter.ParameterType, keyed.Key)
            : services.IsService(parameter.ParameterType);

    private static bool IsAllowed(Type type, bool http)
    {
        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
            return true;
        if (!http)
            return false;
        if (
            type.IsGenericType
            && (
                type.GetGenericTypeDefinition() == typeof(Task<>)
                || type.GetGenericTypeDefinition() == typeof(ValueTask<>)
            )
        )
            type = type.GetGenericArguments()[0];
        return typeof(IResult).IsAssignableFrom(type);
    }

    private static void CheckRouteValue(ParameterInfo parameter, TriggerBinding trigger, Action<string> fault)
    {
        if (trigger is not HttpBinding http || http.Pattern.GetParameter(parameter.Name!) is null)
            fault(
                $"the parameter {parameter.Name} ({parameter.ParameterType.Name}) is neither its trigger, a FunctionContext, a CancellationToken nor a value of its route"
            );
        else if (!RouteValue.CanRead(parameter.ParameterType))
            fault(
                $"the route value {parameter.Name} is a {parameter.ParameterType.Name}, which cannot be read from text"
            );
    }
}
