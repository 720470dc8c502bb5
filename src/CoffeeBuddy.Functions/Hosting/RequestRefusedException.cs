namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// The request is refused: it is answered with this status as problem+json (RFC 9457) and logged in one line.
/// </summary>
/// <param name="errors">Error messages by field; null when no single field is wrong.</param>
public sealed class RequestRefusedException(
    int status,
    string title,
    string? detail = null,
    IDictionary<string, string[]>? errors = null
) : Exception(detail is null ? title : $"{title} {detail}")
{
    public int Status => status;

    public string Title => title;

    public string? Detail => detail;

    public IDictionary<string, string[]>? Errors => errors;

    /// <summary>The caller may not know that what they name exists.</summary>
    public bool Hides { get; init; }

    /// <summary>The person who acts, or for whom a service acts; for the audit.</summary>
    public string? UserId { get; init; }

    /// <summary>Where; for the audit.</summary>
    public string? ChannelId { get; init; }

    /// <summary>The answer's <c>WWW-Authenticate</c>.</summary>
    public string? Challenge { get; init; }

    /// <summary>When to try again, the answer's <c>Retry-After</c>; null: the same request will be refused again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
