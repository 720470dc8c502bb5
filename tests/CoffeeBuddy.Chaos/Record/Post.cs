namespace CoffeeBuddy.Chaos.Record;

/// <summary>A message that Slack has shown, as the simulator recorded it.</summary>
/// <param name="Number">The order in which Slack acted.</param>
/// <param name="Channel">Where; for a direct message the conversation with the person.</param>
/// <param name="Recipient">Who alone sees it; empty for everyone in the channel.</param>
/// <param name="RunId">What the message itself says; null where it has no button.</param>
/// <param name="AnswerLost">Slack acted, but the simulator dropped its answer on purpose, or kept it for longer than the app waits.</param>
public sealed record Post(
    long Number,
    DateTimeOffset At,
    string Kind,
    string Channel,
    string Ts,
    string? ThreadTs,
    string Recipient,
    Guid? RunId,
    string Text,
    IReadOnlySet<string> Mentions,
    bool AnswerLost
);
