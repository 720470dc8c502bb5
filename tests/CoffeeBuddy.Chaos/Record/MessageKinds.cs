namespace CoffeeBuddy.Chaos.Record;

/// <summary>
/// The kinds of message, as in the column <c>kind</c> of <c>slack_messages</c>. Written here again instead of taken
/// from the product: the invariants judge the stored rows from the outside.
/// </summary>
internal static class MessageKinds
{
    /// <summary>In the channel. The thread of the run is below it.</summary>
    public const string Announcement = "announcement";

    /// <summary>The order list, in the thread.</summary>
    public const string Summary = "summary";

    /// <summary>Who goes, in the thread.</summary>
    public const string Assignment = "assignment";

    /// <summary>The runner's direct message.</summary>
    public const string RunnerDm = "runner_dm";

    /// <summary>The runner's second direct message; those that follow have a number: reminder_2, …</summary>
    public const string Reminder = "reminder";

    /// <summary>The runner is back: in the thread, or direct where the app cannot post.</summary>
    public const string Back = "back";

    /// <summary>To a person who is asked to go in the runner's place.</summary>
    public const string TakeOver = "take_over";

    /// <summary>The run is completed or cancelled: in the thread, or direct where the app cannot post.</summary>
    public const string Completion = "completion";

    /// <summary>To a person who has ordered.</summary>
    public const string Confirmation = "confirmation";

    /// <summary>To a person, in the thread: the answer to a reply of theirs.</summary>
    public const string Answer = "answer";

    /// <summary>To a person, in the thread, once: the run has ended.</summary>
    public const string TooLate = "too_late";

    /// <summary>To the initiator: the app cannot post in the channel.</summary>
    public const string CannotPost = "cannot_post";

    /// <summary>To a person whose planned run was not opened.</summary>
    public const string NotStarted = "not_started";

    /// <summary>Not a kind of message that exists: the text was not recognized.</summary>
    public const string Unknown = "unknown";

    /// <summary>Recognizes the kind of a message by its text.</summary>
    public static string Of(string text, bool direct, bool ephemeral, bool inThread)
    {
        bool Has(string words) => text.Contains(words, StringComparison.Ordinal);
        if (ephemeral)
            return !inThread ? (Has("Your order:") ? Confirmation : Unknown)
                : Has("This is too late") ? TooLate
                : Answer;
        if (direct)
        {
            return Has("A reminder:") ? Reminder
                : Has("Reminder 2 of") ? $"{Reminder}_2"
                : Has("Reminder 3 of") ? $"{Reminder}_3"
                : Has("The last reminder:") ? $"{Reminder}_4"
                : Has("is back with the drinks") || Has("You have collected") ? Back
                : Has("You go for coffee") || Has("The run in ") ? RunnerDm
                : Has("Your order in ") ? Confirmation
                : Has("it would have been your turn") || Has(" asks you to go for ") ? TakeOver
                : Has(" goes for the coffee run in ") ? Assignment
                : Has("he coffee run in ") ? Completion
                : Has("I did not start the run that you planned") ? NotStarted
                : Has("I cannot post in") ? CannotPost
                : Unknown;
        }

        if (!inThread)
            return Has("is organising a coffee run") ? Announcement : Unknown;
        return Has(", a reminder:") ? Reminder
            : Has(", reminder 2 of") ? $"{Reminder}_2"
            : Has(", reminder 3 of") ? $"{Reminder}_3"
            : Has(", the last reminder:") ? $"{Reminder}_4"
            : Has("Orders so far") ? Summary
            : Has("is back with the drinks") ? Back
            : Has("coffee run is complete") || Has("Nobody marked this coffee run") || Has("this coffee run")
                ? Completion
            : Has(" goes.") ? Assignment
            : Unknown;
    }
}
