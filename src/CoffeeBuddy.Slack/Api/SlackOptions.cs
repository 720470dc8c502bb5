using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Slack.Api;

/// <summary>How to call Slack and verify its requests: configuration section <c>Slack</c>.</summary>
public sealed class SlackOptions : IValidatableObject
{
    public const string Section = "Slack";

    /// <summary>
    /// The secret with which Slack signs its requests; from Vault. Without it, which only Socket Mode allows, every
    /// request over HTTP is refused.
    /// </summary>
    public string SigningSecret { get; set; } = "";

    /// <summary>The secret before the last rotation; while set, it is accepted too.</summary>
    public string? PreviousSigningSecret { get; set; }

    /// <summary>The bot's token ("xoxb-…") for one workspace or for the organisation; from Vault.</summary>
    [Required]
    public string BotToken { get; set; } = "";

    /// <summary>
    /// The app-level token ("xapp-…") with the scope <c>connections:write</c>; from Vault. With it Slack's requests come
    /// over Socket Mode.
    /// </summary>
    public string? AppToken { get; set; }

    public bool UsesSocketMode => !string.IsNullOrWhiteSpace(AppToken);

    /// <summary>The base address of the Web API; HTTPS, or HTTP on the loopback address.</summary>
    [Required]
    public Uri ApiUrl { get; set; } = new("https://slack.com/api/");

    /// <summary>The proxy for calls to Slack; null: the one in the environment (HTTPS_PROXY), if any.</summary>
    public Uri? Proxy { get; set; }

    /// <summary>
    /// The limit for <see cref="Timeout"/> and <see cref="MaxRateLimitWait"/> together. A worker claims a message for
    /// 30 s and may need two calls to send it (open the conversation, post). Both must end before another worker may
    /// claim it.
    /// </summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(14);

    /// <summary>The time limit of a call; with <see cref="MaxRateLimitWait"/> at most 14 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:14")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time limit for opening or updating a form: a person waits, and the trigger expires after 3 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:03")]
    public TimeSpan ViewTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a call may wait for the rate limiter; a longer wait is refused at once. With <see cref="Timeout"/> at
    /// most 14 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:13")]
    public TimeSpan MaxRateLimitWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The part of Slack's published calls per minute that this process may use: 1 for all, 0.33 for one of three
    /// replicas, more than 1 when Slack grants the app more. It does not change the limit of one message per second and
    /// channel.
    /// </summary>
    [Range(0.01, 1000)]
    public double RateShare { get; set; } = 1;

    /// <summary>The secrets that are accepted for a signature.</summary>
    public IReadOnlyList<string> SigningSecrets =>
        string.IsNullOrWhiteSpace(PreviousSigningSecret) ? [SigningSecret] : [SigningSecret, PreviousSigningSecret];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ApiUrl.IsAbsoluteUri || !ApiUrl.AbsolutePath.EndsWith('/'))
            yield return new("ApiUrl must be an absolute address that ends with a slash.", [nameof(ApiUrl)]);
        else if (ApiUrl.Scheme != Uri.UriSchemeHttps && !(ApiUrl.Scheme == Uri.UriSchemeHttp && ApiUrl.IsLoopback))
            yield return new("ApiUrl must be https: the bot's token travels with every call.", [nameof(ApiUrl)]);
        // Uri reads "proxy:3128" as an address with the scheme "proxy".
        if (Proxy is not null && !(Proxy.IsAbsoluteUri && Proxy.Scheme is "http" or "https"))
            yield return new("Proxy must be an http or https address.", [nameof(Proxy)]);
        if (Timeout + MaxRateLimitWait > LongestCall)
            yield return new(
                "Timeout and MaxRateLimitWait must be at most 14 s together: two calls must end before a message's claim of 30 s does.",
                [nameof(Timeout), nameof(MaxRateLimitWait)]
            );
        if (UsesSocketMode && !AppToken!.StartsWith("xapp-", StringComparison.Ordinal))
            yield return new("AppToken must be an app-level token: it begins with xapp-.", [nameof(AppToken)]);
        foreach (
            var (name, secret) in new[]
            {
                (nameof(BotToken), BotToken),
                (nameof(AppToken), AppToken ?? ""),
                (nameof(SigningSecret), SigningSecret),
                (nameof(PreviousSigningSecret), PreviousSigningSecret ?? ""),
            }
        )
        {
            // A line break at the end comes from a file or from base64: no signature would ever match.
            if (secret.Any(character => character is <= ' ' or > '~'))
                yield return new(
                    $"{name} must be one word of ASCII characters, without spaces or line breaks.",
                    [name]
                );
        }
    }
}
