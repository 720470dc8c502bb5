using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Http;

/// <summary>
/// The port for probes and metrics, where <c>extensions.http.managementPort</c> names one: the host's own endpoints are
/// served there and nowhere else, the HTTP functions everywhere else.
/// </summary>
internal static class ManagementPort
{
    private static readonly string[] PortSettings = ["http_ports", "https_ports"];

    /// <summary>By the connection's port, not by the Host header, which the client writes.</summary>
    public static bool IsOf(HttpContext http, int port) => http.Connection.LocalPort == port;

    /// <summary>Reports a port that the host would not listen on, or that would be the only one.</summary>
    public static void Check(int? port, IConfiguration configuration, ICollection<string> faults)
    {
        if (port is null)
            return;
        var ports = PortsOf(configuration).ToHashSet();
        if (!ports.Contains(port.Value))
            faults.Add(
                $"host.json: extensions.http.managementPort is {port}, but the host does not listen on it. Add an address with it to ASPNETCORE_URLS."
            );
        else if (ports.Count == 1)
            faults.Add(
                $"host.json: extensions.http.managementPort is {port}, the only port that the host listens on. Add an address with another one to ASPNETCORE_URLS."
            );
    }

    private static IEnumerable<int> PortsOf(IConfiguration configuration)
    {
        var endpoints = configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(static endpoint => endpoint["Url"])
            .OfType<string>()
            .ToList();
        if (endpoints.Count > 0)
            return endpoints.Select(static url => BindingAddress.Parse(url).Port);
        if (configuration["urls"] is { Length: > 0 } urls)
            return Split(urls).Select(static url => BindingAddress.Parse(url).Port);
        return PortSettings
            .SelectMany(name => Split(configuration[name] ?? ""))
            .Select(static port => int.TryParse(port, out var number) ? number : 0);
    }

    private static string[] Split(string list) =>
        list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
