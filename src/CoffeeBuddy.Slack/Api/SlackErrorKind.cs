namespace CoffeeBuddy.Slack.Api;

/// <summary>What to do about a failed call.</summary>
public enum SlackErrorKind
{
    /// <summary>Call again, with backoff.</summary>
    Retry,

    /// <summary>Call again, not before <see cref="SlackApiException.RetryAfter"/> has passed.</summary>
    RateLimited,

    /// <summary>Do not call again: the same call will always fail.</summary>
    Permanent,

    /// <summary>Slack refuses the token or its scopes: an administrator must correct the app's configuration.</summary>
    Authentication,
}
