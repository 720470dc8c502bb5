namespace Microsoft.Azure.Functions.Worker.Builder;

public static class FunctionsApplication
{
    /// <summary>
    /// A builder with .NET's usual configuration (appsettings.json, environment, <paramref name="args"/>) and host.json.
    /// The entry assembly's functions are served.
    /// </summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
