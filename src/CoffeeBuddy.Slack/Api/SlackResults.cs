namespace CoffeeBuddy.Slack.Api;

/// <summary>Where a message is: the key for changing it.</summary>
public sealed record PostedMessage(string Channel, string Ts);

/// <param name="Hash">The view's state, for an update that must not overwrite a newer one.</param>
public sealed record OpenedView(string Id, string? Hash);

/// <summary>A person's profile.</summary>
/// <param name="DisplayName">What colleagues see; never empty.</param>
/// <param name="Email">Null without the scope users:read.email, and for bots.</param>
/// <param name="TimeZone">An IANA name, such as "Europe/Berlin"; null when Slack knows none.</param>
public sealed record SlackUser(
    string Id,
    string DisplayName,
    string? RealName,
    string? Email,
    string? TimeZone,
    bool IsBot,
    bool IsDeleted
);
