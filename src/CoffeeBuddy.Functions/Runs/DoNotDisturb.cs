using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>
/// Asks Slack before a runner is chosen who is not to be disturbed, of those who want to be away then. Somebody about
/// whom Slack does not answer counts as present: the choice does not wait for it.
/// </summary>
public sealed partial class DoNotDisturb(
    SettingsStore settings,
    SlackClient slack,
    TimeProvider time,
    IOptions<CoffeeOptions> options,
    ILogger<DoNotDisturb> logger
)
{
    /// <summary>For all calls, which are made at once. Somebody may wait for the choice, within Slack's 3 s.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Stores for the choice who is not to be disturbed now.</summary>
    public async Task RefreshAsync(Guid runId, CancellationToken cancellationToken)
    {
        if (await settings.FindDoNotDisturbAsync(runId, cancellationToken) is { } question)
            await RefreshAsync(question, cancellationToken);
    }

    /// <inheritdoc cref="RefreshAsync(Guid, CancellationToken)"/>
    /// <returns>False when the run is over or waits for more orders: Slack was not asked. Then no runner may be chosen,
    /// because the stored answers may be those for an earlier run. The event of the next order tries again.</returns>
    public async Task<bool> RefreshIfDueAsync(Guid runId, CancellationToken cancellationToken)
    {
        if (
            await settings.FindDoNotDisturbAsync(runId, cancellationToken) is not { } question
            || !AssignmentRules.IsDue(question.Run, question.OrderCount, options.Value, time.GetUtcNow())
        )
            return false;
        await RefreshAsync(question, cancellationToken);
        return true;
    }

    private async Task RefreshAsync(DoNotDisturbQuestion question, CancellationToken cancellationToken)
    {
        if (question.ToAsk.Count == 0)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        var answers = await Task.WhenAll(
            question.ToAsk.Select(userId => AskAsync(userId, question.Run.WorkspaceId, limit.Token, cancellationToken))
        );
        await settings.SaveDoNotDisturbAsync(answers, cancellationToken);
    }

    private async Task<(string UserId, DateTimeOffset? Until)> AskAsync(
        string userId,
        string workspaceId,
        CancellationToken asking,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var period = await slack.GetDoNotDisturbAsync(userId, workspaceId, asking);
            return (userId, period is not null && period.From <= time.GetUtcNow() ? period.Until : null);
        }
        catch (SlackApiException exception)
        {
            Log.NotAnswered(logger, userId, exception.Error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAnswered(logger, userId, "timeout");
        }
        return (userId, null);
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Slack does not tell whether {UserId} is not to be disturbed: {Error}. The person counts as present"
        )]
        public static partial void NotAnswered(ILogger logger, string userId, string error);
    }
}
