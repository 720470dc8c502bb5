using SlackSimulator.BlockKit;

namespace SlackSimulator.WebApi;

/// <summary>A call that is refused with one of Slack's error codes.</summary>
internal sealed class SlackError(string code, params IReadOnlyList<Violation> violations) : Exception(code)
{
    public string Code { get; } = code;

    public IReadOnlyList<Violation> Violations { get; } = violations;

    /// <summary>
    /// Further fields of the answer, such as <c>needed</c> and <c>provided</c> of <c>missing_scope</c>.
    /// </summary>
    public JsonObject Extra { get; init; } = [];

    /// <summary>The <c>Retry-After</c> header in seconds; the answer then has status 429.</summary>
    public int? RetryAfter { get; init; }

    public static SlackError Missing(string argument) =>
        new("invalid_arguments", new Violation("", "required", $"missing required field: {argument}"));

    public static SlackError Invalid(string argument, string message) =>
        new("invalid_arguments", new Violation("/" + argument, "invalid", message));
}
