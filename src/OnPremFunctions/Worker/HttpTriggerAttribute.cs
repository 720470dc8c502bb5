namespace Microsoft.Azure.Functions.Worker;

/// <summary>The parameter, an ASP.NET Core <c>HttpRequest</c>, is what the function is called with.</summary>
/// <remarks>This host has no function keys: any level but <see cref="AuthorizationLevel.Anonymous"/> is refused at start.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute : Attribute
{
    public HttpTriggerAttribute()
        : this(AuthorizationLevel.Function) { }

    public HttpTriggerAttribute(params string[] methods)
        : this(AuthorizationLevel.Function, methods) { }

    public HttpTriggerAttribute(AuthorizationLevel authLevel)
        : this(authLevel, []) { }

    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>The route below host.json's <c>routePrefix</c>, with ASP.NET Core's constraints; the function's name when absent.</summary>
    public string? Route { get; set; }

    /// <summary>The methods answered; all when empty.</summary>
    public string[] Methods { get; }

    public AuthorizationLevel AuthLevel { get; }
}

public enum AuthorizationLevel
{
    Anonymous = 0,
    User = 1,
    Function = 2,
    System = 3,
    Admin = 4,
}
