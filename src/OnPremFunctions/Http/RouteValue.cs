using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Http;

/// <summary>Reads a parameter from the route: text, or a type that is <see cref="IParsable{TSelf}"/>.</summary>
internal static class RouteValue
{
    public static bool CanRead(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target == typeof(string)
            || Array.Exists(
                target.GetInterfaces(),
                face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IParsable<>)
            );
    }

    /// <summary>
    /// The method that reads <paramref name="type"/>, called with the invocation and the parameter's name.
    /// </summary>
    public static MethodInfo ReaderOf(Type type)
    {
        var (reader, target) =
            type == typeof(string) ? (nameof(Text), null)
            : Nullable.GetUnderlyingType(type) is { } underlying ? (nameof(Optional), underlying)
            : (nameof(Required), type);
        var method = typeof(RouteValue).GetMethod(reader, BindingFlags.Static | BindingFlags.NonPublic)!;
        return target is null ? method : method.MakeGenericMethod(target);
    }

    private static string? Text(InvocationContext context, string name) =>
        context.HttpContext!.GetRouteValue(name) as string;

    private static T? Optional<T>(InvocationContext context, string name)
        where T : struct, IParsable<T> => Text(context, name) is null ? null : Required<T>(context, name);

    private static T Required<T>(InvocationContext context, string name)
        where T : IParsable<T> =>
        T.TryParse(Text(context, name), CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new BadHttpRequestException($"The route's value \"{name}\" is not a valid {typeof(T).Name}.");
}
