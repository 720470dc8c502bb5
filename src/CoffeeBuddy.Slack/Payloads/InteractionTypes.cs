namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The kinds of interactions that CoffeeBuddy acts on.</summary>
public static class InteractionTypes
{
    public const string BlockActions = "block_actions";
    public const string ViewSubmission = "view_submission";
}
