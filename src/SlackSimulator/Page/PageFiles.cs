using System.Net.Mime;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace SlackSimulator.Page;

/// <summary>
/// The page's files, embedded in the assembly: the page is available wherever the simulator is hosted.
/// </summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";
    private readonly Dictionary<string, PageFile> _files = new(StringComparer.Ordinal);

    public PageFiles()
    {
        var assembly = typeof(PageFiles).Assembly;
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        )
            _files[name[Prefix.Length..].Replace('\\', '/')] = Read(assembly, name);
    }

    /// <summary>Finds a file by its path under <c>wwwroot</c>, such as <c>js/main.js</c>.</summary>
    public PageFile? Find(string path) => _files.GetValueOrDefault(path);

    private static PageFile Read(Assembly assembly, string name)
    {
        using var content = new MemoryStream();
        using var resource = assembly.GetManifestResourceStream(name)!;
        resource.CopyTo(content);
        var bytes = content.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes)[..8]);
        return new PageFile(bytes, TypeOf(name), new EntityTagHeaderValue($"\"{hash}\""));
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => MediaTypeNames.Image.Svg,
            _ => MediaTypeNames.Application.Octet,
        };
}

/// <param name="ETag">A hash of the content.</param>
internal sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue ETag);
