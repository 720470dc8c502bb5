using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Stores people's names, e-mail addresses and languages from Slack, and whether they can be a runner, refreshed once
/// a day.
/// </summary>
public sealed partial class UserProfiles(
    UserStore users,
    SlackClient slack,
    DirectMessages directMessages,
    PersonLanguages languages,
    ILogger<UserProfiles> logger
)
{
    /// <summary>How long an assignment waits for the profiles.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Refreshes the profiles that are due among the run's people, and takes in the languages of all of them: the
    /// messages that follow have a language that another worker has stored a moment ago. Errors are logged; the next
    /// order of the person tries again.
    /// </summary>
    /// <returns>False when Slack cannot be asked at present.</returns>
    public async Task<bool> RefreshAsync(Guid runId, string workspaceId, CancellationToken cancellationToken)
    {
        var people = await users.PeopleOfRunAsync(runId, cancellationToken);
        foreach (var person in people)
            languages.Learn(person.UserId, person.Own, person.Locale);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            foreach (var person in people.Where(person => person.ProfileIsDue))
            {
                if (!await RefreshAsync(person.UserId, workspaceId, limit.Token, cancellationToken))
                    return false;
            }
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TookTooLong(logger, runId, TimeLimit);
            return false;
        }
    }

    /// <returns>False when Slack cannot be asked at present.</returns>
    private async Task<bool> RefreshAsync(
        string userId,
        string workspaceId,
        CancellationToken asking,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var profile = await slack.GetUserAsync(userId, workspaceId, asking);
            var language = await users.SaveProfileAsync(
                userId,
                PlainName.Of(profile.DisplayName),
                profile.Email is null ? null : PlainName.Of(profile.Email),
                await WhyUnreachableAsync(profile, workspaceId, asking),
                cancellationToken,
                profile.TimeZone is null ? null : PlainName.Of(profile.TimeZone),
                profile.UtcOffsetSeconds,
                profile.Locale
            );
            languages.Learn(userId, language.Own, language.Locale);
        }
        catch (SlackApiException exception) when (exception.Kind == SlackErrorKind.Permanent)
        {
            // Slack does not know this person. Stored as refreshed, so that the others get their turn.
            Log.NotRefreshed(logger, userId, exception.Error);
            await users.SaveProfileAsync(
                userId,
                displayName: null,
                email: null,
                unreachable: SlackErrors.IsAboutRecipient(exception.Error) ? exception.Error : null,
                cancellationToken
            );
        }
        catch (SlackApiException exception)
        {
            Log.NotRefreshed(logger, userId, exception.Error);
            return false;
        }
        return true;
    }

    /// <returns>Null when the person can be a runner.</returns>
    private async Task<string?> WhyUnreachableAsync(
        SlackUser profile,
        string workspaceId,
        CancellationToken cancellationToken
    )
    {
        if (profile.IsDeleted)
            return "deactivated";
        if (profile.IsBot)
            return "bot";
        if (profile.IsStranger)
            return "stranger";
        // Whether an app may write to guests and to people of other companies depends on settings that it cannot read.
        if (!profile.IsGuest && (profile.TeamId is null || profile.TeamId == workspaceId))
            return null;
        try
        {
            await directMessages.ChannelOfAsync(profile.Id, workspaceId, cancellationToken);
            return null;
        }
        catch (SlackApiException exception)
            when (exception.Kind == SlackErrorKind.Permanent && SlackErrors.IsAboutRecipient(exception.Error))
        {
            return exception.Error;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The profile of {UserId} was not refreshed: {Error}")]
        public static partial void NotRefreshed(ILogger logger, string userId, string error);

        [LoggerMessage(
            LogLevel.Warning,
            "The profiles of run {RunId} were not all refreshed within {TimeLimit}: the assignment does not wait longer"
        )]
        public static partial void TookTooLong(ILogger logger, Guid runId, TimeSpan timeLimit);
    }
}
