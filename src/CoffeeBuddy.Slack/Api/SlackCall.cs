namespace CoffeeBuddy.Slack.Api;

/// <summary>One finished call of Slack's Web API, for metrics.</summary>
/// <param name="Method">For example "chat.postMessage".</param>
/// <param name="Error">As <see cref="SlackApiException.Error"/>; null when the call succeeded.</param>
/// <param name="Duration">From sending to the answer, without the wait for the rate limiter.</param>
public sealed record SlackCall(string Method, string? Error, TimeSpan Duration);
