using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// The time zones of people who wait for an answer: as Slack tells them now, otherwise as stored, otherwise UTC.
/// </summary>
public sealed partial class PersonTimeZones(SettingsStore settings, SlackClient slack, ILogger<PersonTimeZones> logger)
{
    /// <summary>A part of the 3 s in which the person has to be answered.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <returns>The person's settings, with the time zone.</returns>
    public async Task<StoredSettings> GetAsync(string userId, string workspaceId, CancellationToken cancellationToken)
    {
        var asking = AskAsync(userId, workspaceId, cancellationToken);
        var stored = await settings.GetAsync(userId, cancellationToken);
        return await asking is { } profile && IsStorable(profile)
            ? stored with
            {
                TimeZone = profile.TimeZone,
                UtcOffsetSeconds = profile.UtcOffsetSeconds,
                Locale = profile.Locale ?? stored.Locale,
            }
            : stored;
    }

    private static bool IsStorable(SlackUser profile) => profile.TimeZone is { Length: <= TimeZones.MaxNameLength };

    private async Task<SlackUser?> AskAsync(string userId, string workspaceId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            return await slack.GetUserAsync(userId, workspaceId, limit.Token);
        }
        catch (SlackApiException exception)
        {
            Log.NotAsked(logger, userId, exception.Error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAsked(logger, userId, "timeout");
        }
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Slack does not tell the time zone of {UserId}: {Error}. The stored one is used"
        )]
        public static partial void NotAsked(ILogger logger, string userId, string error);
    }
}
