namespace CoffeeBuddy.Slack.Api;

/// <summary>What is to be done about a failed call.</summary>
public enum SlackErrorKind
{
    /// <summary>Try again with backoff.</summary>
    Retry,

    /// <summary>Try again, not before <see cref="SlackApiException.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>The same call will never succeed.</summary>
    Permanent,

    /// <summary>The token is not accepted or lacks a scope: nothing will succeed until an administrator acts.</summary>
    Authentication,

    /// <summary>The person took, or we took, too long: ask the person to try again.</summary>
    ExpiredTrigger,
}

/// <summary>A call of Slack's Web API that did not succeed.</summary>
/// <param name="method">For example "chat.postMessage"; "response_url" for an answer to one.</param>
/// <param name="error">Slack's error code, or <c>http_…</c>, <c>timeout</c>, <c>network</c>, <c>invalid_response</c>, <c>ratelimited_here</c> for ours.</param>
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
    public SlackErrorKind Kind { get; } = kind;

    /// <summary>How long to wait before the next attempt, where that is known.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether Slack may have done what was asked although no success was reported.</summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>Slack's explanations, such as which block is invalid or which scope is missing.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    public override string Message => Details.Count == 0 ? base.Message : $"{base.Message} {string.Join(' ', Details)}";
}
