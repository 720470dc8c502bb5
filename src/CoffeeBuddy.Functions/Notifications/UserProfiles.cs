using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Stores people's names and e-mail addresses from Slack, refreshed once a day: for the API, e-mails and the audit.
/// </summary>
public sealed partial class UserProfiles(UserStore users, SlackClient slack, ILogger<UserProfiles> logger)
{
    /// <summary>
    /// Refreshes the profiles that are due among those who ordered in the run. Errors are logged; the next order of the
    /// person tries again.
    /// </summary>
    public async Task RefreshAsync(RunDetails details, CancellationToken cancellationToken)
    {
        foreach (var userId in await users.FindDueForProfileAsync(details.Run.RunId, cancellationToken))
        {
            try
            {
                var profile = await slack.GetUserAsync(userId, details.Run.WorkspaceId, cancellationToken);
                await users.SaveProfileAsync(
                    userId,
                    PlainName.Of(profile.DisplayName),
                    profile.Email is null ? null : PlainName.Of(profile.Email),
                    cancellationToken
                );
            }
            catch (SlackApiException exception) when (exception.Kind == SlackErrorKind.Permanent)
            {
                // Slack does not know this person. Stored as refreshed, so that the others get their turn.
                Log.NotRefreshed(logger, userId, exception.Error);
                await users.SaveProfileAsync(userId, displayName: null, email: null, cancellationToken);
            }
            catch (SlackApiException exception)
            {
                Log.NotRefreshed(logger, userId, exception.Error);
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The profile of {UserId} was not refreshed: {Error}")]
        public static partial void NotRefreshed(ILogger logger, string userId, string error);
    }
}
