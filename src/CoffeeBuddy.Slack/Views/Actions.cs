using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Views;

/// <summary>
/// The action ids of buttons and the callback id of the form, with which Slack reports clicks and submissions.
/// </summary>
public static class Actions
{
    /// <summary>Opens the order form; the value is the run's id.</summary>
    public const string OpenOrder = "order_open";

    /// <summary>Opens the order form for somebody who has an order; the value is the run's id.</summary>
    public const string ChangeOrder = "order_change";

    /// <summary>Orders the person's usual; the value is the run's id.</summary>
    public const string OrderUsual = "order_usual";

    /// <summary>Withdraws the person's order for a guest; the value is the order's id.</summary>
    public const string WithdrawGuest = "guest_withdraw";

    /// <summary>Makes a drink a favourite, and the person's usual; the value is the preference's id.</summary>
    public const string Pin = "drink_pin";

    /// <summary>Makes a favourite an ordinary drink again; the value is the preference's id.</summary>
    public const string Unpin = "drink_unpin";

    /// <summary>Opens the form for the name of a favourite; the value is the preference's id.</summary>
    public const string Rename = "drink_rename";

    /// <summary>Forgets a drink; the value is the preference's id.</summary>
    public const string Remove = "drink_remove";

    /// <summary>Fills the open form with the order that the chosen person has in the run.</summary>
    public const string SameAs = "same_as";

    /// <summary>The callback id of the form for the name of a favourite.</summary>
    public const string RenameCallback = "drink_name";

    /// <summary>Withdraws the person's order; the value is the run's id.</summary>
    public const string WithdrawOrder = "order_withdraw";

    /// <summary>Marks the run as complete; the value is the run's id.</summary>
    public const string CompleteRun = "run_complete";

    /// <summary>Cancels the run; the value is the run's id.</summary>
    public const string CancelRun = "run_cancel";

    /// <summary>Cancels a planned run; the value is the id that the run would have.</summary>
    public const string CancelPlanned = "planned_cancel";

    /// <summary>
    /// Sets whether the person is away. The value is <see cref="Away"/> or <see cref="Back"/>, so a second click
    /// changes nothing.
    /// </summary>
    public const string ToggleAway = "away_toggle";

    public const string Away = "away";
    public const string Back = "back";

    /// <summary>Opens the form for the person's settings.</summary>
    public const string Settings = "settings_open";

    /// <summary>The callback id of the form for the person's settings.</summary>
    public const string SettingsCallback = "settings";

    /// <summary>Gives people more time to order; the value is the run's id.</summary>
    public const string Extend = "run_extend";

    /// <summary>Chooses the runner now; the value is the run's id.</summary>
    public const string ChooseNow = "run_choose_now";

    /// <summary>The runner leaves now; the value is the run's id.</summary>
    public const string Leave = "run_leave";

    /// <summary>The runner is back; the value is the run's id.</summary>
    public const string ComeBack = "run_back";

    /// <summary>The person has taken their drinks from the runner; the value is the run's id.</summary>
    public const string Collect = "order_collect";

    /// <summary>Postpones the runner's next reminder; the value is the run's id.</summary>
    public const string Snooze = "reminder_snooze";

    /// <summary>The person goes for a run without a runner; the value is the run's id.</summary>
    public const string Volunteer = "run_volunteer";

    /// <summary>Opens the form in which the runner says that they cannot go; the value is the run's id.</summary>
    public const string StepBack = "run_step_back";

    /// <summary>Opens the form in which somebody is asked to go; the value is the run's id.</summary>
    public const string AskToGo = "run_ask";

    /// <summary>Opens the reckoning behind the choice of the runner; the value is the run's id.</summary>
    public const string Why = "run_why";

    /// <summary>Opens the list for the barista; the value is the run's id.</summary>
    public const string Barista = "run_barista";

    /// <summary>Takes the run over; the value is the run's id.</summary>
    public const string TakeOver = "take_over";

    /// <summary>Refuses to take the run over; the value is the run's id.</summary>
    public const string RefuseTakeOver = "take_over_refuse";

    /// <summary>The callback id of the form in which the runner says that they cannot go.</summary>
    public const string StepBackCallback = "step_back";

    /// <summary>The callback id of the form in which somebody is asked to go.</summary>
    public const string AskToGoCallback = "ask_to_go";

    /// <summary>Opens the statistics of the workspace.</summary>
    public const string Statistics = "stats_open";

    /// <summary>Sends the statistics as a chart; the value is a channel's id or <see cref="Workspace"/>.</summary>
    public const string StatisticsChart = "stats_chart";

    /// <summary>Sends the runs behind the statistics; the value is as of <see cref="StatisticsChart"/>.</summary>
    public const string StatisticsCsv = "stats_csv";

    /// <summary>The value for the statistics of all channels.</summary>
    public const string Workspace = "workspace";

    /// <summary>Answers the question after a run; the value is the run's id.</summary>
    public const string Satisfied = "survey_satisfied";

    /// <inheritdoc cref="Satisfied"/>
    public const string SoSo = "survey_so_so";

    /// <inheritdoc cref="Satisfied"/>
    public const string Dissatisfied = "survey_dissatisfied";

    /// <summary>Fills the open form with an earlier drink. The index of the drink follows the prefix.</summary>
    public const string UsualPrefix = "usual:";

    /// <summary>The callback id of the order form.</summary>
    public const string OrderCallback = "order";

    /// <summary>Opens the workspace's menu.</summary>
    public const string OpenMenu = "menu_open";

    /// <summary>Shows the workspace's menu in the open form.</summary>
    public const string WorkspaceMenu = "menu_workspace";

    /// <summary>Shows the menu of the chosen channel in the open form.</summary>
    public const string ChannelMenu = "menu_channel";

    /// <summary>Shows the form in which the menu is written; also its callback id.</summary>
    public const string EditMenu = "menu_edit";

    /// <summary>Shows the form for what is sold out today; also its callback id.</summary>
    public const string SoldOut = "menu_sold_out";

    /// <summary>Shows the menu as text to copy and paste; also the callback id of that form.</summary>
    public const string MenuText = "menu_text";

    /// <summary>Removes the menu that the workspace or channel has of its own.</summary>
    public const string RemoveMenu = "menu_remove";

    /// <summary>Whether a button, or the callback id of a form, belongs to the menus.</summary>
    public static bool IsMenu(string? id) => id?.StartsWith("menu_", StringComparison.Ordinal) == true;

    /// <summary>Whether a click on the button sends a file, which takes long.</summary>
    public static bool SendsFile(string? actionId) => actionId is StatisticsChart or StatisticsCsv;

    public static bool IsUsual(string? actionId) => actionId?.StartsWith(UsualPrefix, StringComparison.Ordinal) == true;

    /// <summary>The run, order or drink that an action is about.</summary>
    public static bool TryReadId(InteractionAction action, out Guid id) => Guid.TryParse(action.Value, out id);
}
