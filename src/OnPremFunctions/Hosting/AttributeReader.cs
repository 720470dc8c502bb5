using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Reads attributes whose constructors may throw: Microsoft's retry attributes validate their arguments.
/// </summary>
internal static class AttributeReader
{
    /// <summary>
    /// Attributes of type <typeparamref name="T"/>. One that cannot be created is a fault and left out.
    /// </summary>
    public static IEnumerable<T> Read<T>(MethodInfo method, Action<string> fault)
        where T : Attribute => Create<T>(method.GetCustomAttributesData(), method.GetCustomAttributes, fault);

    /// <inheritdoc cref="Read{T}(MethodInfo, Action{string})"/>
    public static IEnumerable<T> Read<T>(ParameterInfo parameter, Action<string> fault)
        where T : Attribute => Create<T>(parameter.GetCustomAttributesData(), parameter.GetCustomAttributes, fault);

    /// <summary>
    /// The level that Microsoft's host uses: Function when the attribute names none.
    /// <see cref="HttpTriggerAttribute.AuthLevel"/> is Anonymous in that case if the attribute names methods.
    /// </summary>
    public static AuthorizationLevel AuthorizationLevelOf(ParameterInfo parameter) =>
        parameter
            .GetCustomAttributesData()
            .Where(static attribute => attribute.AttributeType == typeof(HttpTriggerAttribute))
            .SelectMany(static attribute => attribute.ConstructorArguments)
            .Where(static argument => argument.ArgumentType == typeof(AuthorizationLevel))
            .Select(static argument => (AuthorizationLevel)argument.Value!)
            .FirstOrDefault(AuthorizationLevel.Function);

    private static List<T> Create<T>(
        IEnumerable<CustomAttributeData> data,
        Func<Type, bool, object[]> create,
        Action<string> fault
    )
        where T : Attribute
    {
        List<T> attributes = [];
        foreach (var type in data.Select(static attribute => attribute.AttributeType).Distinct())
        {
            if (!typeof(T).IsAssignableFrom(type))
                continue;

            try
            {
                attributes.AddRange(create(type, false).Cast<T>());
            }
            catch (Exception exception)
            {
                var reason = (exception as TargetInvocationException)?.InnerException ?? exception;
                fault($"its {type.Name} is not valid: {reason.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            }
        }

        return attributes;
    }
}
