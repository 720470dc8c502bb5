namespace SlackSimulator.ToApp;

/// <summary>
/// A request to the app in both forms: the body of an HTTP request and the payload of a Socket Mode envelope.
/// </summary>
/// <param name="Kind">The kind in the traffic: <c>command</c>, <c>interaction</c>, <c>event</c>,
/// <c>url_verification</c>.</param>
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
    /// <summary>Whether the answer to a Socket Mode envelope may contain a payload.</summary>
    public bool AcceptsResponse { get; init; }

    /// <summary>The number of the retry; 0 for the first attempt.</summary>
    public int RetryNum { get; init; }

    public string? RetryReason { get; init; }
}

/// <summary>The app's answer within 3 s, or the reason why there is none.</summary>
/// <param name="Failure">Null for status 2xx; otherwise <c>operation_timeout</c>, <c>connection_failed</c>, <c>http_error</c>, <c>app_missing_url</c>.</param>
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
