namespace CoffeeBuddy.Slack.Api;

/// <summary>One finished call of Slack's Web API, for metrics.</summary>
/// <param name="Method">For example "chat.postMessage".</param>
/// <param name="ErrorKind">Null when the call succeeded.</param>
/// <param name="Error">Null when the call succeeded; else Slack's error code or ours.</param>
/// <param name="Duration">Of the exchange with Slack, without the wait for its turn.</param>
public sealed record SlackCall(string Method, SlackErrorKind? ErrorKind, string? Error, TimeSpan Duration)
{
    public bool Succeeded => ErrorKind is null;
}
