namespace SlackSimulator.ToApp;

/// <summary>Something Slack sends to the app, in both forms: an HTTP body, and the payload of a Socket Mode envelope.</summary>
/// <param name="Kind">For the traffic: <c>command</c>, <c>interaction</c>, <c>event</c>, <c>url_verification</c>.</param>
/// <param name="EnvelopeType"><c>slash_commands</c>, <c>interactive</c> or <c>events_api</c>.</param>
internal sealed record AppRequest(
    string Kind,
    Uri? Url,
    string ContentType,
    byte[] Body,
    string EnvelopeType,
    JsonObject Payload
)
{
    public bool AcceptsResponse { get; init; }

    public int RetryNum { get; init; }

    public string? RetryReason { get; init; }
}

/// <summary>What came back within 3 s, or why nothing did.</summary>
/// <param name="Failure">Null for a 2xx; else <c>operation_timeout</c>, <c>connection_failed</c>, <c>http_error</c>, <c>app_missing_url</c>.</param>
internal sealed record AppAnswer(
    int? Status,
    string Body,
    string? ContentType,
    double ElapsedMs,
    string? Failure,
    bool NoRetry = false
)
{
    public bool Ok => Failure is null;

    public bool IsJson => ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) ?? false;
}
