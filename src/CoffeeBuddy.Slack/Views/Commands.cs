namespace CoffeeBuddy.Slack.Views;

/// <summary>The slash commands.</summary>
public static class Commands
{
    public const string Coffee = "/coffee";
    public const string History = "/coffee-history";
    public const string Cancel = "/coffee-cancel";
    public const string Statistics = "/coffee-stats";
}
