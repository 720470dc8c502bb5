using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary><c>/coffee-stats</c>, and the statistics of the workspace that admins open in their App Home.</summary>
public sealed partial class StatisticsForms(
    StatisticsStore statistics,
    Permissions permissions,
    SlackClient slack,
    IOptions<CoffeeOptions> options,
    ILogger<StatisticsForms> logger
)
{
    /// <summary>The numbers of the channel; to an admin in a direct message, those of the workspace.</summary>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <returns>The outcome, and what to tell the person.</returns>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public async Task<(string Outcome, SlackMessage? Answer)> ShowAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        var actor = permissions.OfSlack(command.UserId);
        if (command.IsDirect && !Permissions.May(actor, Operation.SeeAllStatistics))
            return ("direct", StatisticsReplies.OnlyInChannels());
        // A command can be typed only in a channel of which the person is a member.
        var scope = new StatisticsScope(command.WorkspaceId, command.IsDirect ? null : command.ChannelId);
        if (scope.ChannelId is not null)
            permissions.SawInChannel(command.WorkspaceId, scope.ChannelId, command.UserId);
        return (
            "shown",
            StatisticsView.Message(await CountAsync(scope, actor, cancellationToken, once), Frame(scope, actor))
        );
    }

    /// <summary>Opens the statistics of the workspace, for admins.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> OpenAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        if (interaction.TriggerId is not { } triggerId)
            throw SlackRequest.Unreadable("a button without a trigger");
        var actor = permissions.OfSlack(interaction.User.Id);
        if (!Permissions.May(actor, Operation.SeeAllStatistics))
        {
            await permissions.RefusedAsync(actor, Operation.SeeAllStatistics, runId: null, channelId: null);
            return "refused";
        }
        var scope = new StatisticsScope(interaction.WorkspaceId, ChannelId: null);
        var view = StatisticsView.Modal(await CountAsync(scope, actor, cancellationToken), Frame(scope, actor));
        try
        {
            await slack.OpenViewAsync(triggerId, view, interaction.WorkspaceId, cancellationToken);
            return "opened";
        }
        catch (SlackApiException exception)
        {
            Log.NotOpened(logger, interaction.User.Id, exception.Error);
            return "form_failed";
        }
    }

    private Task<RunStatistics> CountAsync(
        StatisticsScope scope,
        Actor actor,
        CancellationToken cancellationToken,
        RequestClaim? once = null
    ) =>
        statistics.CountAsync(
            scope,
            withNames: Permissions.May(actor, Operation.SeeAllStatistics),
            cancellationToken,
            once
        );

    private StatisticsFrame Frame(StatisticsScope scope, Actor actor) =>
        new(
            scope,
            options.Value.FairnessWindowDays,
            options.Value.Survey,
            MayExport: Permissions.May(actor, Operation.ExportStatistics)
        );

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The statistics did not open for {UserId}: {Error}")]
        public static partial void NotOpened(ILogger logger, string userId, string error);
    }
}
