using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Hosting;

/// <summary>host.json as configuration below <see cref="Section"/>, beneath every other source: so <c>AzureFunctionsJobHost__…</c> overrides it.</summary>
internal sealed class HostFile(IReadOnlyList<string> faults)
{
    public const string Section = "AzureFunctionsJobHost";
    private const string FileName = "host.json";

    public IReadOnlyList<string> Faults => faults;

    /// <summary>Reads the content root's host.json, else the one beside the worker's assembly; none is an empty one.</summary>
    public static HostFile AddTo(WebApplicationBuilder web)
    {
        List<string> faults = [];
        string[] places =
        [
            Path.Combine(web.Environment.ContentRootPath, FileName),
            Path.Combine(AppContext.BaseDirectory, FileName),
        ];
        if (Array.Find(places, File.Exists) is { } path)
            web.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Read(path, faults) });

        // A request should not cost two log lines unless host.json asks for them.
        web.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        web.Logging.AddConfiguration(web.Configuration.GetSection($"{Section}:logging"));
        return new HostFile(faults);
    }

    private static List<KeyValuePair<string, string?>> Read(string path, List<string> faults)
    {
        try
        {
            using var file = (ConfigurationRoot)new ConfigurationBuilder().AddJsonFile(path).Build();
            return
            [
                .. file.AsEnumerable().Select(static pair => KeyValuePair.Create($"{Section}:{pair.Key}", pair.Value)),
            ];
        }
        catch (InvalidDataException exception)
        {
            faults.Add($"{path} is not valid JSON: {exception.InnerException?.Message ?? exception.Message}");
            return [];
        }
    }
}
