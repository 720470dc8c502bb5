using System.Text.Json;

namespace CoffeeBuddy.Functions.Security;

/// <summary>The caller of the API, from the claims of the token.</summary>
/// <param name="Subject">The token's <c>sub</c>. Idempotency keys are separate for each subject.</param>
/// <param name="UserId">The person's Slack user id; null for a service.</param>
public sealed record Caller(string Subject, string? UserId, IReadOnlySet<string> Scopes)
{
    /// <summary>Scope of a service that may act for any person, such as a kiosk.</summary>
    public const string ServiceScope = "coffee.service";

    /// <summary>Scope of an office manager, who may complete and cancel any run and see every order.</summary>
    public const string AdminScope = "coffee.admin";

    public bool IsService => UserId is null && Scopes.Contains(ServiceScope);

    public bool IsAdmin => Scopes.Contains(AdminScope);

    /// <summary>
    /// Reads Hydra's claims (<c>scp</c>, an array) and those of RFC 9068 (<c>scope</c>, separated by spaces).
    /// </summary>
    public static Caller From(IDictionary<string, object> claims, string userIdClaim)
    {
        string? Text(string name) =>
            claims.TryGetValue(name, out var value) ? value as string ?? (value as JsonElement?)?.ToString() : null;
        IEnumerable<string> Many(string name) =>
            claims.TryGetValue(name, out var value)
                ? value switch
                {
                    string text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    JsonElement { ValueKind: JsonValueKind.Array } array => array
                        .EnumerateArray()
                        .Select(item => item.ToString()),
                    JsonElement element => element.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    IEnumerable<object> list => list.Select(item => item.ToString()!),
                    _ => [],
                }
                : [];

        // Hydra puts the claims that an application adds under "ext".
        var userId = Text(userIdClaim);
        if (
            userId is null
            && claims.TryGetValue("ext", out var ext)
            && ext is JsonElement { ValueKind: JsonValueKind.Object } extension
            && extension.TryGetProperty(userIdClaim, out var inner)
        )
            userId = inner.ToString();
        var subject = Text("sub") ?? Text("client_id") ?? "";
        return new(subject, userId, Many("scp").Concat(Many("scope")).ToHashSet(StringComparer.Ordinal));
    }
}
