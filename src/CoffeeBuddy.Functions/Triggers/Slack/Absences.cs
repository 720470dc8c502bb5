using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary><c>/coffee away</c>, with or without an end, and <c>/coffee back</c>.</summary>
public sealed class Absences(UserStore users, PersonTimeZones timeZones, TimeProvider time)
{
    private const string AwayWord = "away";

    /// <returns>What follows "away", without its first white space; null when the text is no absence.</returns>
    public static string? EndOf(string text) =>
        text.StartsWith(AwayWord, StringComparison.OrdinalIgnoreCase)
        && (text.Length == AwayWord.Length || !char.IsLetterOrDigit(text[AwayWord.Length]))
            ? text[AwayWord.Length..].TrimStart()
            : null;

    /// <param name="end">As the person typed it; empty: until they say that they are back.</param>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <returns>The outcome, and what to tell the person. A text that is not clear changes nothing.</returns>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public async Task<(string Outcome, SlackMessage? Answer)> LeaveAsync(
        SlashCommand command,
        string end,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        var zone =
            end.Length == 0
                ? TimeZoneInfo.Utc
                : (await timeZones.GetAsync(command.UserId, command.WorkspaceId, cancellationToken)).Zone;
        var now = time.GetUtcNow();
        if (AwayText.Read(end, now, zone, out var until) is { } fault)
            return ("away_unclear", Replies.AwayUnclear(fault));
        await SetAsync(command, away: true, until, now, once, cancellationToken);
        return ("away", Replies.Away(until is { } at ? TimeZoneInfo.ConvertTime(at, zone) : null, zone.Id));
    }

    /// <inheritdoc cref="LeaveAsync"/>
    public async Task<(string Outcome, SlackMessage? Answer)> ReturnAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        await SetAsync(command, away: false, until: null, time.GetUtcNow(), once, cancellationToken);
        return ("back", Replies.Back());
    }

    private Task SetAsync(
        SlashCommand command,
        bool away,
        DateTimeOffset? until,
        DateTimeOffset asOf,
        RequestClaim once,
        CancellationToken cancellationToken
    ) => users.SetAwayAsync(command.UserId, PlainName.Of(command.UserName), away, asOf, cancellationToken, once, until);
}
