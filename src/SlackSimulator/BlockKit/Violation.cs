namespace SlackSimulator.BlockKit;

/// <summary>Where a payload breaks one of Slack's rules, and which.</summary>
/// <param name="Path">JSON pointer within what was checked, such as <c>/blocks/0/text/text</c>.</param>
/// <param name="Rule">A short name: <c>max_length</c>, <c>required</c>, <c>type</c> and so on.</param>
/// <param name="Message">What Slack would say.</param>
public sealed record Violation(string Path, string Rule, string Message)
{
    /// <summary>As Slack puts it into <c>response_metadata.messages</c>.</summary>
    public override string ToString() => $"[ERROR] {Message} [json-pointer:{Path}]";
}

/// <summary>Where blocks are shown; not every block is allowed everywhere.</summary>
public enum Surface
{
    Message,
    Modal,
    Home,
}
