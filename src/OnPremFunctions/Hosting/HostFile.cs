using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Adds host.json to the configuration section <see cref="Section"/>, with the lowest precedence:
/// <c>AzureFunctionsJobHost__…</c> overrides it.
/// </summary>
internal sealed class HostFile(IReadOnlyList<string> faults)
{
    public const string Section = "AzureFunctionsJobHost";
    private const string FileName = "host.json";

    public IReadOnlyList<string> Faults => faults;

    /// <summary>
    /// Reads host.json of the content root, else that beside the assembly. A missing file counts as empty.
    /// </summary>
    public static HostFile AddTo(FunctionsApplicationBuilder builder)
    {
        List<string> faults = [];
        string[] places =
        [
            Path.Combine(builder.Environment.ContentRootPath, FileName),
            Path.Combine(AppContext.BaseDirectory, FileName),
        ];
        if (Array.Find(places, File.Exists) is { } path)
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Read(path, faults) });

        // ASP.NET Core logs several lines for each request; host.json can turn them on.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection($"{Section}:logging"));
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
