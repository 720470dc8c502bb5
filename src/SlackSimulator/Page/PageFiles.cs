using System.Net.Mime;
using System.Reflection;
using System.Security.Cryptography;

namespace SlackSimulator.Page;

/// <summary>The page's files. They are inside the assembly, so that the page is there wherever the simulator is hosted.</summary>
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

    /// <summary>By its path under <c>wwwroot</c>, such as <c>js/main.js</c>.</summary>
    public PageFile? Find(string path) => _files.GetValueOrDefault(path);

    private static PageFile Read(Assembly assembly, string name)
    {
        using var content = new MemoryStream();
        using var resource = assembly.GetManifestResourceStream(name)!;
        resource.CopyTo(content);
        var bytes = content.ToArray();
        return new PageFile(bytes, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..8])}\"");
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

/// <param name="ETag">Quoted, from the content.</param>
internal sealed record PageFile(byte[] Content, string ContentType, string ETag);
