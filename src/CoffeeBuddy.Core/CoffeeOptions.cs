using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Core;

/// <summary>When a runner is assigned.</summary>
public enum AssignWhen
{
    /// <summary>As soon as enough people have ordered, at the deadline otherwise (AC2).</summary>
    Orders,

    /// <summary>Only at the deadline, so that nobody escapes by ordering late.</summary>
    Deadline,
}

/// <summary>How the runner is chosen among the candidates (DESIGN §3.8).</summary>
public enum FairnessStrategy
{
    /// <summary>Fewest runs made in the window.</summary>
    FewestRuns,

    /// <summary>Lowest share of runs made per run taken part in, over the same window.</summary>
    Weighted,
}

/// <summary>The business rules' settings: configuration section <c>CoffeeBuddy</c>.</summary>
public sealed class CoffeeOptions : IValidatableObject
{
    public AssignWhen AssignWhen { get; set; } = AssignWhen.Orders;

    /// <summary>How many people must have ordered for an assignment before the deadline.</summary>
    [Range(1, 1000)]
    public int AssignAfterOrders { get; set; } = 3;

    /// <summary>From the first order to the deadline. The goal is first order to assignment under 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "12:00:00")]
    public TimeSpan OrderWindow { get; set; } = TimeSpan.FromSeconds(270);

    /// <summary>From the assignment to the moment the reminder becomes due; AC3 wants it delivered within 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "12:00:00")]
    public TimeSpan ReminderDelay { get; set; } = TimeSpan.FromSeconds(270);

    /// <summary>A run in which nobody has ordered is cancelled after this long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "1.00:00:00")]
    public TimeSpan EmptyRunTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A run that its runner never marked as complete is completed this long after the assignment.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "7.00:00:00")]
    public TimeSpan ForgottenRunTimeout { get; set; } = TimeSpan.FromHours(4);

    public FairnessStrategy Fairness { get; set; } = FairnessStrategy.FewestRuns;

    /// <summary>How far back runs count for fairness.</summary>
    [Range(1, 366)]
    public int FairnessWindowDays { get; set; } = 30;

    /// <summary>Audit rows older than this are deleted.</summary>
    [Range(1, 3650)]
    public int AuditRetentionDays { get; set; } = 90;

    /// <summary>Slack user ids that may complete and cancel any run.</summary>
    public IList<string> Admins { get; } = [];

    /// <summary>Drink types offered in the form; anything else can be typed.</summary>
    public IList<string> Drinks { get; } = [];

    /// <summary>Sizes offered in the form.</summary>
    public IList<string> Sizes { get; } = [];

    /// <summary>Customizations offered in the form.</summary>
    public IList<string> Customizations { get; } = [];

    public bool IsAdmin(string userId) => Admins.Contains(userId);

    /// <summary>The configured menu, with the house's own list wherever none is configured.</summary>
    public Menu Menu => _menu ??= new Menu(Drinks, Sizes, Customizations);

    private Menu? _menu;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Drinks.Count > Menu.MaxDrinks)
            yield return new(
                $"Drinks holds {Drinks.Count} entries; a Slack menu holds {Menu.MaxDrinks} beside \"Something else\"."
            );
        if (Sizes.Count > Menu.MaxSizes)
            yield return new($"Sizes holds {Sizes.Count} entries; Slack's radio buttons hold {Menu.MaxSizes}.");
        if (Customizations.Count > Drink.MaxCustomizations)
            yield return new(
                $"Customizations holds {Customizations.Count} entries; Slack's checkboxes hold {Drink.MaxCustomizations}."
            );
        foreach (
            var entry in Drinks.Concat(Customizations).Where(entry => !IsText(entry, Drink.MaxCustomizationLength))
        )
            yield return new($"Menu entry \"{entry}\" must have 1 to {Drink.MaxCustomizationLength} characters.");
        foreach (var size in Sizes.Where(size => !IsText(size, Drink.MaxSizeLength)))
            yield return new($"Size \"{size}\" must have 1 to {Drink.MaxSizeLength} characters.");
    }

    private static bool IsText(string text, int max) => !string.IsNullOrWhiteSpace(text) && text.Length <= max;
}
