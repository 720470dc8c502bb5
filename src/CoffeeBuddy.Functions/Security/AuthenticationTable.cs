using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Security;

/// <summary>The authentication of each HTTP function, read once at start from the attributes of its method.</summary>
public sealed class AuthenticationTable : IValidatableObject
{
    private readonly Dictionary<string, AuthenticationAttribute> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _wrong = [];

    /// <summary>Adds the HTTP functions among the public methods of these types.</summary>
    public void Add(IEnumerable<Type> types)
    {
        foreach (var method in types.SelectMany(type => type.GetMethods()))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } function || !IsHttp(method))
                continue;
            if (method.GetCustomAttributes<AuthenticationAttribute>().ToList() is [var authentication])
                _byName[function.Name] = authentication;
            else
                _wrong.Add(function.Name);
        }
    }

    /// <returns>Null for a function that is not in the table: it must be refused.</returns>
    public AuthenticationAttribute? Of(string function) => _byName.GetValueOrDefault(function);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        _wrong.Select(function => new ValidationResult(
            $"HTTP function {function} must have exactly one of [SlackSigned], [BearerToken] and [Anonymous]."
        ));

    private static bool IsHttp(MethodInfo method) =>
        Array.Exists(method.GetParameters(), parameter => parameter.IsDefined(typeof(HttpTriggerAttribute)));
}
