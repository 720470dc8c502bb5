using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace OnPremFunctions.Http;

/// <summary>
/// The port for probes and metrics, where <c>extensions.http.managementPort</c> names one: the host's own endpoints are
/// served there and nowhere else, the HTTP functions everywhere else.
/// </summary>
internal static class ManagementPort
{
    /// <summary>By the connection's port, not by the Host header, which the client writes.</summary>
    public static bool IsOf(HttpContext http, int port) => http.Connection.LocalPort == port;

    /// <summary>Reports a port that the host would not listen on, or that would be the only one.</summary>
    public static void Check(int? port, IConfiguration configuration, ICollection<string> faults)
    {
        if (port is null)
            return;
        var ports = ListenAddresses.Of(configuration).Select(static url => BindingAddress.Parse(url).Port).ToHashSet();
        if (!ports.Contains(port.Value))
            faults.Add(
                $"host.json: extensions.http.managementPort is {port}, but the host does not listen on it. Add an address with it to ASPNETCORE_URLS."
            );
        else if (ports.Count == 1)
            faults.Add(
                $"host.json: extensions.http.managementPort is {port}, the only port that the host listens on. Add an address with another one to ASPNETCORE_URLS."
            );
    }
}
