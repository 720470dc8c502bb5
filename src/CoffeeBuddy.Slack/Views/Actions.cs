using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Views;

/// <summary>
/// The action ids of buttons and the callback id of the form, with which Slack reports clicks and submissions.
/// </summary>
public static class Actions
{
    /// <summary>Opens the order form; the value is the run's id.</summary>
    public const string OpenOrder = "order_open";

    /// <summary>Withdraws the person's order; the value is the run's id.</summary>
    public const string WithdrawOrder = "order_withdraw";

    /// <summary>Marks the run as complete; the value is the run's id.</summary>
    public const string CompleteRun = "run_complete";

    /// <summary>Cancels the run; the value is the run's id.</summary>
    public const string CancelRun = "run_cancel";

    /// <summary>
    /// Sets whether the person is away. The value is <see cref="Away"/> or <see cref="Back"/>, so a second click
    /// changes nothing.
    /// </summary>
    public const string ToggleAway = "away_toggle";

    public const string Away = "away";
    public const string Back = "back";

    /// <summary>Fills the open form with an earlier drink. The index of the drink follows the prefix.</summary>
    public const string UsualPrefix = "usual:";

    /// <summary>The callback id of the order form.</summary>
    public const string OrderCallback = "order";

    public static bool IsUsual(string? actionId) => actionId?.StartsWith(UsualPrefix, StringComparison.Ordinal) == true;

    /// <summary>The run that an action is about.</summary>
    public static bool TryReadRunId(InteractionAction action, out Guid runId) => Guid.TryParse(action.Value, out runId);
}
