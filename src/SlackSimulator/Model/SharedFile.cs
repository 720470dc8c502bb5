using System.Net.Mime;
using Microsoft.AspNetCore.StaticFiles;

namespace SlackSimulator.Model;

/// <summary>A file: announced, then uploaded, then completed and shared in channels.</summary>
internal sealed class SharedFile(string id, string name, string userId, DateTimeOffset created)
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public string Id { get; } = id;

    public string Name { get; } = name;

    public string UserId { get; } = userId;

    public DateTimeOffset Created { get; } = created;

    public string Title { get; set; } = name;

    public string? AltText { get; init; }

    /// <summary>The length in bytes that was announced.</summary>
    public required int Length { get; init; }

    /// <summary>Null until it is uploaded.</summary>
    public byte[]? Content { get; set; }

    public bool IsComplete { get; set; }

    public bool IsDeleted { get; set; }

    /// <summary>The channels and the messages that show it.</summary>
    public List<(Channel Channel, string Ts)> Shares { get; } = [];

    public string ContentType =>
        ContentTypes.TryGetContentType(Name, out var type) ? type : MediaTypeNames.Application.Octet;

    /// <summary>The extension of the name, such as <c>png</c>.</summary>
    public string FileType =>
        Path.GetExtension(Name).TrimStart('.').ToLowerInvariant() is { Length: > 0 } type ? type : "binary";
}
