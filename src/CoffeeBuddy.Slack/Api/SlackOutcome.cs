namespace CoffeeBuddy.Slack.Api;

/// <summary>Whether a failed call has changed anything in Slack.</summary>
public enum SlackOutcome
{
    /// <summary>Nothing was changed: Slack was not reached, refused the call, or the method changes nothing.</summary>
    NotDone,

    /// <summary>The call is over, and the answer does not say whether Slack executed it.</summary>
    Unknown,

    /// <summary>The time limit has passed: Slack may still be executing the call.</summary>
    InProgress,
}
