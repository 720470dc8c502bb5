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
    /// <exception cref="InvalidTokenException">A claim has an unexpected type, or claims disagree.</exception>
    public static Caller From(JsonElement claims, string userIdClaim)
    {
        var subject = claims.TryGetProperty("sub", out var sub) ? TextOf(sub, "sub") : claims.Text("client_id");
        if (string.IsNullOrEmpty(subject))
            throw new InvalidTokenException("it has no subject");
        // PostgreSQL stores no NUL.
        if (subject.Any(char.IsControl))
            throw new InvalidTokenException("its subject has control characters");
        return new(subject, UserIdOf(claims, userIdClaim), ScopesOf(claims));
    }

    /// <summary>A user id that cannot be read must not make a person a service.</summary>
    private static string? UserIdOf(JsonElement claims, string name)
    {
        var userId = claims.TryGetProperty(name, out var given) ? TextOf(given, name) : null;
        // Hydra puts the claims that an application adds under "ext".
        if (
            !claims.TryGetProperty("ext", out var extension)
            || extension.ValueKind != JsonValueKind.Object
            || !extension.TryGetProperty(name, out var inner)
        )
            return userId;
        var innerId = TextOf(inner, name);
        return userId is null || userId == innerId ? innerId : throw Disagree(name);
    }

    private static HashSet<string> ScopesOf(JsonElement claims)
    {
        var (list, text) = (ScopesOf(claims, "scp"), ScopesOf(claims, "scope"));
        return list is null || text is null || list.SetEquals(text) ? list ?? text ?? [] : throw Disagree("scp");
    }

    /// <summary>A text has several scopes, an element of an array is one. Null: there is no such claim.</summary>
    private static HashSet<string>? ScopesOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => [.. value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                JsonValueKind.Array => [.. value.EnumerateArray().Select(item => TextOf(item, name))],
                JsonValueKind.Null => null,
                _ => throw new InvalidTokenException($"its {name} is neither text nor a list"),
            }
            : null;

    private static string TextOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidTokenException($"its {name} is no text");

    private static InvalidTokenException Disagree(string name) => new($"it has {name} twice, with different values");
}
