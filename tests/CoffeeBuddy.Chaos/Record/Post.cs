using CoffeeBuddy.Data.Messages;

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

/// <summary>Which of the ledger's kinds a message is.</summary>
internal static class Kinds
{
    public const string Unknown = "unknown";

    /// <summary>What a message is, by what a person reads in it.</summary>
    public static string Of(string text, bool direct, bool ephemeral, bool inThread)
    {
        bool Says(string words) => text.Contains(words, StringComparison.Ordinal);
        if (ephemeral)
            return Says("Your order:") ? MessageKinds.Confirmation : Unknown;
        if (direct)
        {
            return Says("A reminder:") ? MessageKinds.Reminder
                : Says("You go for coffee") || Says("The run in ") ? MessageKinds.RunnerDm
                : Says("Your order in ") ? MessageKinds.Confirmation
                : Says("he coffee run in ") ? MessageKinds.Completion
                : Says("I cannot post in") ? MessageKinds.CannotPost
                : Unknown;
        }

        if (!inThread)
            return Says("is organising a coffee run") ? MessageKinds.Announcement : Unknown;
        return Says("Orders so far") ? MessageKinds.Summary
            : Says("coffee run is complete") || Says("Nobody marked this coffee run") || Says("this coffee run")
                ? MessageKinds.Completion
            : Says(" goes.") ? MessageKinds.Assignment
            : Unknown;
    }
}
