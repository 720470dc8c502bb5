namespace CoffeeBuddy.Chaos.Record;

/// <summary>A message that the simulator has posted.</summary>
/// <param name="Number">Number of the call, in the order of execution.</param>
/// <param name="Channel">Channel, or conversation with the person for a direct message.</param>
/// <param name="Recipient">The person who sees it; empty for everyone in the channel.</param>
/// <param name="RunId">From the buttons of the message; null without buttons.</param>
/// <param name="AnswerLost">The simulator posted the message, but dropped its answer or delayed it beyond the app's
/// timeout.</param>
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
