namespace CoffeeBuddy.Functions.Http;

/// <summary>The request is at fault: answered with this status as problem+json (RFC 9457), logged in one line, nothing stored.</summary>
/// <param name="errors">What is wrong, by field; null where there are no fields.</param>
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
}
