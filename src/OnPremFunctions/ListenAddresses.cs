using Microsoft.Extensions.Configuration;

namespace OnPremFunctions;

/// <summary>The addresses that Kestrel will listen on, before it does.</summary>
public static class ListenAddresses
{
    /// <summary>
    /// As Kestrel chooses them: <c>Kestrel:Endpoints</c>, else <c>ASPNETCORE_URLS</c>, else the ports, else its
    /// default.
    /// </summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var endpoints = configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(static endpoint => endpoint["Url"])
            .OfType<string>()
            .ToList();
        if (endpoints.Count > 0)
            return endpoints;
        if (Split("urls") is { Length: > 0 } urls)
            return urls;
        var ports = Split("http_ports")
            .Select(static port => $"http://*:{port}")
            .Concat(Split("https_ports").Select(static port => $"https://*:{port}"))
            .ToList();
        return ports.Count > 0 ? ports : ["http://localhost:5000"];

        string[] Split(string name) =>
            configuration[name]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            ?? [];
    }
}
