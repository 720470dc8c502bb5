using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Slack.Api;

/// <summary>How to reach Slack and to know its requests: configuration section <c>Slack</c>.</summary>
public sealed class SlackOptions : IValidatableObject
{
    public const string Section = "Slack";

    /// <summary>What Slack signs its requests with; from Vault.</summary>
    [Required]
    public string SigningSecret { get; set; } = "";

    /// <summary>The secret before the last rotation, accepted as well while it is set.</summary>
    public string? PreviousSigningSecret { get; set; }

    /// <summary>The bot's token ("xoxb-…"), of one workspace or of the organisation; from Vault.</summary>
    [Required]
    public string BotToken { get; set; } = "";

    /// <summary>Where the Web API's methods are; HTTPS, except on this machine.</summary>
    [Required]
    public Uri ApiUrl { get; set; } = new("https://slack.com/api/");

    /// <summary>The internal proxy to Slack; without it, that of the environment (HTTPS_PROXY).</summary>
    public Uri? Proxy { get; set; }

    /// <summary>
    /// How long a call may take, the wait for its turn included. A message is claimed for 30 s, and showing it may take two
    /// calls (find the person's channel, post): both must be over before somebody else may try.
    /// </summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(14);

    /// <summary>How long one call may take; with <see cref="MaxRateLimitWait"/> at most 14 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:14")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long opening or changing a form may take: a person waits, and a trigger lives for 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:03")]
    public TimeSpan ViewTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a call may wait for its turn before it is refused instead; with <see cref="Timeout"/> at most 14 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:13")]
    public TimeSpan MaxRateLimitWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Which part of Slack's published calls a minute this process may use: 1 is all of them, a third where three replicas
    /// post, more than 1 where Slack grants the app more. The one message a second and channel stays.
    /// </summary>
    [Range(0.01, 1000)]
    public double RateShare { get; set; } = 1;

    /// <summary>The secrets by which a request may be signed.</summary>
    public IReadOnlyList<string> SigningSecrets =>
        string.IsNullOrWhiteSpace(PreviousSigningSecret) ? [SigningSecret] : [SigningSecret, PreviousSigningSecret];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ApiUrl.IsAbsoluteUri || !ApiUrl.AbsolutePath.EndsWith('/'))
            yield return new("ApiUrl must be an absolute address that ends with a slash.", [nameof(ApiUrl)]);
        else if (ApiUrl.Scheme != Uri.UriSchemeHttps && !(ApiUrl.Scheme == Uri.UriSchemeHttp && ApiUrl.IsLoopback))
            yield return new("ApiUrl must be https: the bot's token travels with every call.", [nameof(ApiUrl)]);
        // "proxy:3128" alone would be taken for an address of the scheme "proxy".
        if (Proxy is not null && !(Proxy.IsAbsoluteUri && Proxy.Scheme is "http" or "https"))
            yield return new("Proxy must be an http or https address.", [nameof(Proxy)]);
        if (Timeout + MaxRateLimitWait > LongestCall)
            yield return new(
                "Timeout and MaxRateLimitWait must be at most 14 s together: two calls must end before a message's claim of 30 s does.",
                [nameof(Timeout), nameof(MaxRateLimitWait)]
            );
        if (BotToken.Any(character => character is <= ' ' or > '~'))
            yield return new("BotToken must be one word of ASCII characters.", [nameof(BotToken)]);
    }
}
