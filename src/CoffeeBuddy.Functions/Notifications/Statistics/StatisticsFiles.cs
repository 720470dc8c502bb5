using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Notifications.Statistics;

/// <summary>Sends the statistics as a chart, or the runs behind them as CSV, by direct message.</summary>
public sealed partial class StatisticsFiles(
    StatisticsStore statistics,
    AuditStore audit,
    Permissions permissions,
    DirectMessages directMessages,
    ClickAnswers answers,
    Courtesies courtesies,
    SlackClient slack,
    IOptions<CoffeeOptions> options,
    ILogger<StatisticsFiles> logger
)
{
    /// <summary>About 1 MB.</summary>
    private const int MaxRuns = 5000;

    /// <param name="retryCount">How often the record was repeated so far.</param>
    public async Task SendAsync(
        Interaction interaction,
        InteractionAction action,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        if (ScopeOf(interaction, action) is not { } scope)
            return;
        var isCsv = action.ActionId == Actions.StatisticsCsv;
        if (await RefusalAsync(interaction, scope, isCsv, cancellationToken) is { } refusal)
        {
            await answers.SendAsync(interaction, refusal, cancellationToken);
            return;
        }
        var file = isCsv
            ? await CsvAsync(scope, interaction.User.Id, cancellationToken)
            : await ChartAsync(scope, cancellationToken);
        var sent = await courtesies.TryAsync(
            "A file with statistics",
            interaction.User.Id,
            retryCount,
            () => SendAsync(file, interaction.User.Id, interaction.WorkspaceId, cancellationToken)
        );
        await answers.SendAsync(
            interaction,
            sent ? StatisticsReplies.Sent() : StatisticsReplies.NotSent(),
            cancellationToken
        );
    }

    /// <returns>Null: the value of the button is neither a channel nor the workspace.</returns>
    private static StatisticsScope? ScopeOf(Interaction interaction, InteractionAction action) =>
        action.Value switch
        {
            Actions.Workspace => new(interaction.WorkspaceId, ChannelId: null),
            var channel when SlackIds.IsChannelId(channel) => new(interaction.WorkspaceId, channel),
            _ => null,
        };

    /// <returns>Null: the person may have the file.</returns>
    private async Task<SlackMessage?> RefusalAsync(
        Interaction interaction,
        StatisticsScope scope,
        bool isCsv,
        CancellationToken cancellationToken
    )
    {
        var actor = permissions.OfSlack(interaction.User.Id);
        var operation = (isCsv, scope.ChannelId) switch
        {
            (true, _) => Operation.ExportStatistics,
            (false, null) => Operation.SeeAllStatistics,
            _ => Operation.SeeStatistics,
        };
        // A click on a message in the channel shows that the person is there.
        if (scope.ChannelId is { } shownIn && interaction.ChannelId == shownIn)
            permissions.SawInChannel(scope.WorkspaceId, shownIn, interaction.User.Id);
        try
        {
            var allowed = scope.ChannelId is { } channel
                ? await permissions.MayAsync(actor, operation, scope.WorkspaceId, channel, cancellationToken)
                : Permissions.May(actor, operation);
            if (allowed)
                return null;
        }
        catch (MembersUnknownException)
        {
            return Replies.CannotCheckMembership();
        }
        await permissions.RefusedAsync(actor, operation, runId: null, scope.ChannelId);
        return isCsv ? StatisticsReplies.CannotExport() : StatisticsReplies.NotAllowed();
    }

    private async Task<StatisticsFile> CsvAsync(
        StatisticsScope scope,
        string userId,
        CancellationToken cancellationToken
    )
    {
        var runs = await statistics.ListAsync(scope, MaxRuns, cancellationToken);
        await audit.AddStatisticsExportedAsync(userId, scope.WorkspaceId, scope.ChannelId, cancellationToken);
        return new(
            "coffee-runs.csv",
            StatisticsReplies.CsvTitle,
            StatisticsReplies.CsvComment(scope, runs.Count, MaxRuns),
            StatisticsCsv.Write(runs),
            AltText: null
        );
    }

    private async Task<StatisticsFile> ChartAsync(StatisticsScope scope, CancellationToken cancellationToken)
    {
        var counted = await statistics.CountAsync(scope, withNames: false, cancellationToken);
        var chart = StatisticsChart.Of(counted, options.Value.FairnessWindowDays);
        return new(
            "coffee-runs.png",
            StatisticsReplies.ChartTitle,
            StatisticsReplies.ChartComment(scope),
            ChartPicture.Draw(chart),
            chart.AltText
        );
    }

    private async Task SendAsync(
        StatisticsFile file,
        string userId,
        string workspaceId,
        CancellationToken cancellationToken
    )
    {
        var channel = await directMessages.ChannelOfAsync(userId, workspaceId, cancellationToken);
        var id = await slack.UploadFileAsync(file.Name, file.Content, file.AltText, workspaceId, cancellationToken);
        try
        {
            await slack.ShareFileAsync(id, file.Title, channel, file.Comment, workspaceId, cancellationToken);
        }
        catch (SlackApiException exception) when (exception.Outcome != SlackOutcome.NotDone)
        {
            // Slack may show the file. Another one would be a second message; the person can click again.
            Log.PerhapsSent(logger, file.Name, userId, exception.Error);
        }
    }

    /// <param name="AltText">What a picture shows; null: it is none.</param>
    private sealed record StatisticsFile(string Name, string Title, string Comment, byte[] Content, string? AltText);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Whether {UserId} has got the file {Name} is unknown: {Error}. It is not sent again"
        )]
        public static partial void PerhapsSent(ILogger logger, string name, string userId, string error);
    }
}
