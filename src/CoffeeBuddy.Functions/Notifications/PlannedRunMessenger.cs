using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>Tells people by direct message, once, that a run that they planned was not opened.</summary>
public sealed partial class PlannedRunMessenger(
    RunStore runs,
    MessageDelivery delivery,
    DirectMessages directMessages,
    ILogger<PlannedRunMessenger> logger
)
{
    private const long Once = 1;

    /// <returns>False when Slack does not answer: the caller should not send more messages now.</returns>
    public async Task<bool> TellDroppedAsync(PlannedRun planned, CancellationToken cancellationToken)
    {
        var person = planned.InitiatorUserId;
        try
        {
            // A workspace that is not served is not written to either.
            if (planned.DropReason != DropReason.NotServed)
                await delivery.ShowAsync(
                    new(
                        planned,
                        MessageKinds.NotStarted,
                        person,
                        Once,
                        token => directMessages.ChannelOfAsync(person, planned.WorkspaceId, token),
                        ThreadTs: null,
                        () => PlannedRunReplies.NotStarted(planned)
                    ),
                    cancellationToken
                );
        }
        catch (MessageBusyException)
        {
            return true;
        }
        catch (SlackApiException exception)
        {
            Log.NotTold(logger, planned.RunId, person, exception.Error);
            return false;
        }
        await runs.MarkPlannedToldAsync(planned.RunId, cancellationToken);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{UserId} was not told yet that the planned run {RunId} was not opened: {Error}"
        )]
        public static partial void NotTold(ILogger logger, Guid runId, string userId, string error);
    }
}
