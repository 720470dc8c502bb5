using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>
/// Whether a planned run may still be opened when it is due. Nobody types a command then, which would show that the person
/// is in the channel, so Slack is asked.
/// </summary>
public sealed partial class PlannedRunCheck(
    Permissions permissions,
    SlackClient slack,
    TimeProvider time,
    ILogger<PlannedRunCheck> logger
)
{
    /// <returns>Whether Slack has answered, and why the run may not be opened; null: it may.</returns>
    public async Task<(bool Answered, DropReason? Refusal)> AskAsync(
        PlannedRun planned,
        CancellationToken cancellationToken
    )
    {
        if (time.GetUtcNow() - planned.StartsAt > PlannedRun.Lateness)
            return (true, DropReason.Late);
        if (!permissions.Serves(planned.WorkspaceId, planned.EnterpriseId))
            return (true, DropReason.NotServed);
        var (workspace, channel) = (planned.WorkspaceId, planned.ChannelId);
        var actor = permissions.OfSlack(planned.InitiatorUserId);
        try
        {
            if (!await permissions.MayAsync(actor, Operation.OpenRun, workspace, channel, cancellationToken))
                return (true, DropReason.NotMember);
            return (
                true,
                await slack.IsArchivedAsync(channel, workspace, cancellationToken) ? DropReason.Archived : null
            );
        }
        catch (MembersUnknownException exception)
        {
            Log.NotAnswered(logger, planned.RunId, channel, exception.Message);
        }
        catch (SlackApiException exception) when (exception.Error == "channel_not_found")
        {
            // The person was seen in it a moment ago, but the app cannot see it.
            return (true, DropReason.NotMember);
        }
        catch (SlackApiException exception)
        {
            Log.NotAnswered(logger, planned.RunId, channel, exception.Error);
        }
        return (false, null);
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The planned run {RunId} waits, because Slack does not answer about {ChannelId}: {Error}"
        )]
        public static partial void NotAnswered(ILogger logger, Guid runId, string channelId, string error);
    }
}
