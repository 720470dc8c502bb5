using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>A block of a message or view (https://docs.slack.dev/reference/block-kit/blocks).</summary>
// Type is a property and not a JSON discriminator, so that it is written for every declared type.
[JsonDerivedType(typeof(SectionBlock))]
[JsonDerivedType(typeof(HeaderBlock))]
[JsonDerivedType(typeof(ContextBlock))]
[JsonDerivedType(typeof(DividerBlock))]
[JsonDerivedType(typeof(ActionsBlock))]
[JsonDerivedType(typeof(InputBlock))]
[JsonDerivedType(typeof(RichTextBlock))]
public abstract record Block
{
    [JsonPropertyOrder(-2)]
    public abstract string Type { get; }

    /// <summary>At most 255 characters, once per message or view.</summary>
    [JsonPropertyOrder(-1)]
    public string? BlockId { get; init; }
}

/// <param name="Text">At most 3000 characters.</param>
/// <param name="Fields">At most 10 of 2000 characters, in two columns.</param>
public sealed record SectionBlock(TextObject? Text, IReadOnlyList<TextObject>? Fields = null, Element? Accessory = null)
    : Block
{
    public override string Type => "section";
}

/// <param name="Text">Plain, at most 150 characters.</param>
public sealed record HeaderBlock(TextObject Text) : Block
{
    public override string Type => "header";
}

/// <param name="Elements">At most 10.</param>
public sealed record ContextBlock(params IReadOnlyList<TextObject> Elements) : Block
{
    public override string Type => "context";
}

public sealed record DividerBlock : Block
{
    public override string Type => "divider";
}

/// <param name="Elements">At most 25.</param>
public sealed record ActionsBlock(params IReadOnlyList<Element> Elements) : Block
{
    public override string Type => "actions";
}

/// <param name="Label">Plain, at most 2000 characters.</param>
/// <param name="Hint">Plain, at most 2000 characters.</param>
public sealed record InputBlock(TextObject Label, Element Element, bool Optional = false, TextObject? Hint = null)
    : Block
{
    public override string Type => "input";
}

/// <summary>Text as it is, in fixed-width characters: nothing in it is formatting, and it can be copied.</summary>
public sealed record RichTextBlock : Block
{
    public RichTextBlock(string text) => Elements = [new([new(text)])];

    public override string Type => "rich_text";

    public IReadOnlyList<Preformatted> Elements { get; }

    public sealed record Preformatted(IReadOnlyList<PreformattedText> Elements)
    {
        [JsonPropertyOrder(-1)]
        public string Type => "rich_text_preformatted";
    }

    public sealed record PreformattedText(string Text)
    {
        [JsonPropertyOrder(-1)]
        public string Type => "text";
    }
}
