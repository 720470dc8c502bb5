using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;

namespace SlackSimulator.Model;

/// <summary>A person's picture: the first letter of the name on a colour, served as SVG.</summary>
internal static class Avatar
{
    /// <summary>The profile's <c>avatar_hash</c>: 12 hexadecimal digits.</summary>
    public static string Hash(Person person) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person.Id)))[..12];

    public static Uri Address(Workspace workspace, Person person, int size) =>
        new(workspace.Address, $"avatars/{person.Id}-{Hash(person)}-{size.ToString(CultureInfo.InvariantCulture)}.svg");

    public static void MapAvatars(this WebApplication app, Workspace workspace) =>
        app.MapGet(
            "/avatars/{id}-{hash}-{size:int}.svg",
            (string id, string hash, int size) =>
                workspace.FindPerson(id) is { } person && string.Equals(hash, Hash(person), StringComparison.Ordinal)
                    ? Results.Text(Draw(person, size), "image/svg+xml")
                    : Results.NotFound()
        );

    private static string Draw(Person person, int size)
    {
        var letter = person.Shown.EnumerateRunes().FirstOrDefault(Rune.IsLetterOrDigit, new Rune('?'));
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24">
            <rect width="24" height="24" fill="#{Hash(person)[..6]}"/>
            <text x="12" y="17" font-family="sans-serif" font-size="14" fill="#fff" text-anchor="middle">{letter}</text>
            </svg>
            """;
    }
}
