using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>Answers a click through its <c>response_url</c>, for the person who clicked only.</summary>
public sealed partial class ClickAnswers(SlackClient slack, ILogger<ClickAnswers> logger)
{
    /// <summary>
    /// What the click asked for is already stored, so a failed answer is only logged: a retry would do it again.
    /// </summary>
    public async Task SendAsync(Interaction interaction, SlackMessage answer, CancellationToken cancellationToken)
    {
        if (interaction.ResponseUrl is not { } responseUrl)
            return;
        try
        {
            await slack.RespondAsync(responseUrl, answer, cancellationToken: cancellationToken);
        }
        catch (SlackApiException exception)
        {
            Log.NotAnswered(logger, interaction.User.Id, exception.Error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The answer to a click of {UserId} could not be sent: {Error}")]
        public static partial void NotAnswered(ILogger logger, string userId, string error);
    }
}
