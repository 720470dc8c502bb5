using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;

namespace CoffeeBuddy.Core;

/// <summary>When a runner is assigned.</summary>
public enum AssignWhen
{
    /// <summary>As soon as enough people have ordered, at the latest at the deadline.</summary>
    Orders,

    /// <summary>Only at the deadline: a person who orders late can be the runner too.</summary>
    Deadline,
}

/// <summary>How the runner is chosen among the candidates.</summary>
public enum FairnessStrategy
{
    /// <summary>Fewest runs made in the window.</summary>
    FewestRuns,

    /// <summary>Lowest number of runs made per run taken part in, over the same window.</summary>
    Weighted,
}

/// <summary>Settings of the business rules: configuration section <c>CoffeeBuddy</c>.</summary>
public sealed class CoffeeOptions : IValidatableObject
{
    public AssignWhen AssignWhen { get; set; } = AssignWhen.Orders;

    /// <summary>How many people must have ordered for an assignment before the deadline.</summary>
    [Range(1, 1000)]
    public int AssignAfterOrders { get; set; } = 3;

    /// <summary>
    /// Time from the first order to the deadline. The goal is an assignment within 5 minutes of the first order.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "12:00:00")]
    public TimeSpan OrderWindow { get; set; } = TimeSpan.FromSeconds(270);

    /// <summary>
    /// Time from the assignment until the first reminder is due. The goal is a reminder delivered within 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "12:00:00")]
    public TimeSpan ReminderDelay { get; set; } = TimeSpan.FromSeconds(270);

    /// <summary>
    /// Time from one reminder to the next, until the run is over or the runner has got
    /// <see cref="RunRules.MaxReminders"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "12:00:00")]
    public TimeSpan ReminderInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A run without orders is cancelled after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "1.00:00:00")]
    public TimeSpan EmptyRunTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A run that its runner has not marked as complete is completed this time after the assignment.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "7.00:00:00")]
    public TimeSpan ForgottenRunTimeout { get; set; } = TimeSpan.FromHours(4);

    public FairnessStrategy Fairness { get; set; } = FairnessStrategy.FewestRuns;

    /// <summary>The number of days in which runs count for fairness.</summary>
    [Range(1, 366)]
    public int FairnessWindowDays { get; set; } = 30;

    /// <summary>
    /// Who has opted out goes at most once for so many runs that they took part in within the fairness window.
    /// </summary>
    [Range(1, 1000)]
    public int OptOutRuns { get; set; } = 10;

    /// <summary>Whether those who ordered are asked one question when a run is complete.</summary>
    public bool Survey { get; set; }

    /// <summary>Audit rows older than this number of days are deleted. The specification requires 90.</summary>
    [Range(90, 3650)]
    public int AuditRetentionDays { get; set; } = 90;

    /// <summary>
    /// The ids of the Slack workspaces ("T…") that are served, or of the organisation ("E…") for all of its workspaces.
    /// Requests of others are refused.
    /// </summary>
    [MinLength(1, ErrorMessage = "Workspaces must name the id of at least one Slack workspace.")]
    public IList<string> Workspaces { get; } = [];

    /// <summary>How many active runs one person may have started.</summary>
    [Range(1, 1000)]
    public int MaxActiveRuns { get; set; } = 5;

    /// <summary>How many planned runs one person may have.</summary>
    [Range(1, 1000)]
    public int MaxPlannedRuns { get; set; } = 5;

    /// <summary>
    /// The language of messages in channels, and of people whose own is not known: one of <see cref="Languages.All"/>.
    /// </summary>
    public string Language { get; set; } = Languages.English;

    /// <summary>How long it takes until every worker knows the language that a person has chosen on another.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LanguageRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Slack user ids that may see, complete and cancel any run.</summary>
    public IList<string> Admins { get; } = [];

    /// <summary>Drink types offered in the form; others can be typed.</summary>
    public IList<string> Drinks { get; } = [];

    /// <summary>Sizes offered in the form.</summary>
    public IList<string> Sizes { get; } = [];

    /// <summary>Customizations offered in the form.</summary>
    public IList<string> Customizations { get; } = [];

    public bool IsAdmin(string userId) => Admins.Contains(userId);

    /// <summary>The configured menu, with the default list for each part that is not configured.</summary>
    public Menu Menu => _menu ??= new Menu(Drinks, Sizes, Customizations);

    private Menu? _menu;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        MenuRules
            .Validate(Drinks.AsReadOnly(), Sizes.AsReadOnly(), Customizations.AsReadOnly())
            .Select(fault => new ValidationResult(
                fault.Kind switch
                {
                    MenuFaultKind.TooMany =>
                        $"{fault.Field} has more than {fault.Limit} entries, which the form holds.",
                    MenuFaultKind.NotText => $"{fault.Field}: \"{fault.Entry}\" must be one line of text.",
                    _ => $"{fault.Field}: \"{fault.Entry}\" must have 1 to {fault.Limit} characters.",
                }
            ))
            .Concat(
                Languages.All.Contains(Language)
                    ? []
                    :
                    [
                        new ValidationResult(
                            $"Language must be one of {string.Join(", ", Languages.All)}.",
                            [nameof(Language)]
                        ),
                    ]
            );
}
