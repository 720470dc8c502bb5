namespace SlackSimulator.BlockKit;

/// <summary>A violation of one of Slack's rules in a payload.</summary>
/// <param name="Path">A JSON pointer to the place in the payload, such as <c>/blocks/0/text/text</c>.</param>
/// <param name="Rule">The rule's short name: <c>max_length</c>, <c>required</c>, <c>type</c> and so on.</param>
/// <param name="Message">The explanation, in Slack's words where they are known.</param>
public sealed record Violation(string Path, string Rule, string Message)
{
    /// <summary>The form in which Slack reports it in <c>response_metadata.messages</c>.</summary>
    public override string ToString() => $"[ERROR] {Message} [json-pointer:{Path}]";
}

/// <summary>Where blocks are shown. Each surface allows different blocks.</summary>
public enum Surface
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>A modal.</summary>
    Modal,

    /// <summary>The App Home.</summary>
    Home,
}
