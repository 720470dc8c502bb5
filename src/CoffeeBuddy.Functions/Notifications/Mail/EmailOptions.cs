using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace CoffeeBuddy.Functions.Notifications.Mail;

public enum EmailTls
{
    /// <summary>Not encrypted: for a relay on the same machine or in a trusted network.</summary>
    None,

    /// <summary>STARTTLS, which the relay must offer.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually port 465.</summary>
    Tls,
}

/// <summary>
/// The company's mail relay, for messages to runners while Slack is away: configuration section <c>Email</c>. Off
/// without a host.
/// </summary>
public sealed class EmailOptions : IValidatableObject
{
    /// <summary>The relay's host name. Without it no e-mail is sent.</summary>
    public string? Host { get; set; }

    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    public EmailTls Tls { get; set; } = EmailTls.StartTls;

    /// <summary>
    /// The sender: an address, or a name and an address, such as <c>CoffeeBuddy &lt;coffee@example.com&gt;</c>.
    /// </summary>
    public string? From { get; set; }

    /// <summary>User name, for a relay that requires a login.</summary>
    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>How long a runner's message in Slack must be overdue before an e-mail is sent.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan After { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Limit for sending one e-mail, connecting included. Shorter than its claim of 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public bool IsOn => !string.IsNullOrWhiteSpace(Host);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
            yield break;
        if (!MailboxAddress.TryParse(From ?? "", out _))
            yield return new("Email:From must be an e-mail address once Email:Host is set.");
        if (Username is null != Password is null)
            yield return new("Email:Username and Email:Password go together.");
        if (Username is not null && Tls == EmailTls.None)
            yield return new("Email:Tls must be StartTls or Tls where a password is sent.");
    }
}
