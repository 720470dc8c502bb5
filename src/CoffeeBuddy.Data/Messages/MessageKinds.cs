using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Messages;

/// <summary>
/// The messages of a run in Slack, and the e-mails that replace them; at most one of each kind per recipient.
/// </summary>
public static class MessageKinds
{
    /// <summary>In the channel; the run's thread starts with it. Shows the run's version.</summary>
    public const string Announcement = "announcement";

    /// <summary>In the thread. Shows the run's version.</summary>
    public const string Summary = "summary";

    /// <summary>
    /// In the thread; without a thread, to each person who ordered. Its version is the time in ticks of the assignment,
    /// or of the end of the run, which removes the button.
    /// </summary>
    public const string Assignment = "assignment";

    /// <summary>To the runner. Shows the run's version; to an earlier runner, the one in which they ceased to be.</summary>
    public const string RunnerDm = "runner_dm";

    /// <summary>To the runner: the first reminder; replaced when the run is over.</summary>
    public const string Reminder = "reminder";

    /// <summary>
    /// In the thread: the runner is back. Its version is 1 and one more for each person who has collected; the run's
    /// version when it is over, which removes the button. Without a thread, to each person who ordered, with version 2
    /// once they have collected.
    /// </summary>
    public const string Back = "back";

    /// <summary>To a person who is asked to go in the runner's place; replaced by what has become of it.</summary>
    public const string TakeOver = "take_over";

    /// <summary>To the initiator: nobody who ordered can go; replaced by what has become of it.</summary>
    public const string Decision = "decision";

    /// <summary>
    /// Once: the run was completed or cancelled. In the thread; without a thread, to each person who ordered.
    /// </summary>
    public const string Completion = "completion";

    /// <summary>To a person who ordered, in the channel. Its version is the order's time in ticks.</summary>
    public const string Confirmation = "confirmation";

    /// <summary>The same by direct message, where the channel cannot be posted in.</summary>
    public const string ConfirmationDm = "confirmation_dm";

    /// <summary>To a person, in the thread: the answer to the reply whose time in ticks is its version.</summary>
    public const string Answer = "answer";

    /// <summary>To a person, in the thread, once: what they ask for in a reply comes too late.</summary>
    public const string TooLate = "too_late";

    /// <summary>To the initiator, once: the channel cannot be posted in.</summary>
    public const string CannotPost = "cannot_post";

    /// <summary>To the person who planned a run, once: it was not opened. There is no run with this id.</summary>
    public const string NotStarted = "not_started";

    /// <summary>To the runner by e-mail, once, while Slack cannot be reached.</summary>
    public const string RunnerEmail = "runner_email";

    /// <summary>The reminder by e-mail, once, while Slack cannot be reached.</summary>
    public const string ReminderEmail = "reminder_email";

    /// <summary>The kinds of all reminders by direct message, for a list in SQL.</summary>
    internal const string RemindersSql = $"'{Reminder}', '{Reminder}_2', '{Reminder}_3', '{Reminder}_4'";

    /// <summary>The kind of a runner's first, second, … reminder: each is a message of its own.</summary>
    public static string ReminderOf(int number) => number == 1 ? Reminder : $"{Reminder}_{number}";

    public static bool IsReminder(string kind) =>
        Enumerable.Range(1, RunRules.MaxReminders).Any(number => ReminderOf(number) == kind);
}
