namespace CoffeeBuddy.Slack.Api;

/// <summary>A call of Slack's Web API that did not succeed.</summary>
/// <param name="method">For example "chat.postMessage"; "response_url" for an answer to a response_url.</param>
/// <param name="error">
/// Slack's error code, or one of the client's own: <c>http_…</c> with a status, <c>timeout</c>, <c>network</c>,
/// <c>invalid_response</c>, <c>invalid_response_url</c>, <c>ratelimited_here</c>.
/// </param>
public sealed class SlackApiException(
    string method,
    string error,
    SlackErrorKind kind,
    TimeSpan? retryAfter = null,
    Exception? innerException = null
) : Exception($"Slack's {method} failed: {error}.", innerException)
{
    public string Method { get; } = method;
    public string Error { get; } = error;

    /// <summary>What to do about it.</summary>
    public SlackErrorKind Kind { get; } = kind;

    /// <summary>Whether the call has changed anything in Slack.</summary>
    public SlackOutcome Outcome { get; init; }

    /// <summary>How long to wait before the next attempt; null when unknown.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Slack's explanations, such as which block is invalid or which scope is missing.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public override string Message => Details.Count == 0 ? base.Message : $"{base.Message} {string.Join(' ', Details)}";
}
