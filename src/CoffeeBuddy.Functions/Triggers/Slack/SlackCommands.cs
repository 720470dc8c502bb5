using System.Diagnostics;
using System.Globalization;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Slash commands: <c>/coffee</c>, <c>/coffee-history</c>, <c>/coffee-cancel</c>, <c>/coffee-stats</c>. Answered within Slack's 3 s.
/// </summary>
public sealed partial class SlackCommands(
    RunActions actions,
    Permissions permissions,
    RequestLimits limits,
    ReplayCheck replays,
    PersonLanguages languages,
    RunStore runs,
    Absences absences,
    Plans plans,
    StatisticsForms statistics,
    OrderForms forms,
    WorkerMetrics metrics,
    ILogger<SlackCommands> logger
)
{
    private static readonly string[] Known = [Commands.Coffee, Commands.History, Commands.Cancel, Commands.Statistics];

    [Function(nameof(SlackCommands))]
    [SlackSigned(SlackSignedAttribute.Form)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/commands")] HttpRequest request,
        FunctionContext context
    )
    {
        var started = Stopwatch.GetTimestamp();
        var body = context.VerifiedBody();
        var form = SlackForm.Parse(body.Bytes);
        if (form.GetValueOrDefault("ssl_check") == "1")
            return TypedResults.Ok();
        if (!SlashCommand.TryParse(form, out var command, out var fault))
            throw SlackRequest.Unreadable(fault);
        permissions.RequireWorkspace(command.WorkspaceId, command.EnterpriseId, command.UserId);

        using var language = languages.UseOf(command.UserId);
        var outcome = "failed";
        try
        {
            (outcome, var answer) = await replays.OnceHereAsync(
                body,
                () => AnswerAsync(command, replays.ClaimOf(body), context.CancellationToken),
                Repeated
            );
            Log.Answered(logger, command.Command, command.WorkspaceId, command.ChannelId, command.UserId, outcome);
            return answer is null
                ? TypedResults.Ok()
                : TypedResults.Text(new CommandResponse(answer).ToJson(), "application/json");
        }
        finally
        {
            metrics.CommandAnswered(
                Known.Contains(command.Command) ? command.Command : "unknown",
                outcome,
                Stopwatch.GetElapsedTime(started)
            );
        }
    }

    /// <param name="once">Passed on to what changes or shows something stored: that is done for the first of equal
    /// requests only.</param>
    /// <returns>The answer that only the person sees; null for none.</returns>
    private async Task<(string Outcome, SlackMessage? Answer)> AnswerAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        if (limits.TakeOfPerson(command.UserId) is { } wait)
            return ("limited", Replies.SlowDown(wait));
        try
        {
            return await DoAsync(command, once, cancellationToken);
        }
        catch (RepeatedRequestException)
        {
            return Repeated();
        }
    }

    private async Task<(string Outcome, SlackMessage? Answer)> DoAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    ) =>
        (command.Command, command.Text.ToLowerInvariant()) switch
        {
            (Commands.Coffee, var text)
                when command.IsDirect && (text.Length == 0 || IsNumber(text) || PlannedTimeText.IsMeant(text)) => (
                "direct",
                Replies.OnlyInChannels()
            ),
            (Commands.Coffee, "help") => ("help", Replies.Help()),
            (Commands.Coffee, "") => await OpenAsync(command, window: null, once, cancellationToken),
            (Commands.Coffee, var minutes) when IsNumber(minutes) => WindowOf(minutes) is { } window
                ? await OpenAsync(command, window, once, cancellationToken)
                : ("wrong_window", Replies.WrongWindow()),
            (Commands.Coffee, var text) when Absences.EndOf(text) is { } end => await absences.LeaveAsync(
                command,
                end,
                once,
                cancellationToken
            ),
            (Commands.Coffee, var text) when PlannedTimeText.IsMeant(text) => await plans.PlanAsync(
                command,
                once,
                cancellationToken
            ),
            (Commands.Coffee, "back") => await absences.ReturnAsync(command, once, cancellationToken),
            (Commands.History, _) => await ShowHistoryAsync(command, once, cancellationToken),
            (Commands.Statistics, _) => await statistics.ShowAsync(command, once, cancellationToken),
            (Commands.Cancel, _) => await CancelAsync(command, once, cancellationToken),
            _ => ("unknown", Replies.UnknownCommand($"{command.Command} {command.Text}".TrimEnd())),
        };

    private static (string Outcome, SlackMessage? Answer) Repeated() => ("repeated", Replies.AlreadyReceived());

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    /// <returns>Null when an order window cannot have this length.</returns>
    private static TimeSpan? WindowOf(string minutes) =>
        int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= RunRules.ShortestWindow.TotalMinutes
        && number <= RunRules.LongestWindow.TotalMinutes
            ? TimeSpan.FromMinutes(number)
            : null;

    /// <param name="window">The time for orders of a new run; null: that of the settings.</param>
    private async Task<(string, SlackMessage?)> OpenAsync(
        SlashCommand command,
        TimeSpan? window,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        SlackMessage? failure = null;
        try
        {
            var opened = await actions.OpenAsync(
                new(
                    command.WorkspaceId,
                    command.ChannelId,
                    command.UserId,
                    command.UserName,
                    ChannelName: command.ChannelName,
                    OrderWindow: window,
                    Once: once
                ),
                meanwhile: async opened =>
                {
                    // A command can be typed only in a channel of which the person is a member. Not before the request
                    // is known to be no repetition.
                    var memberUntil = permissions.SawInChannel(command.WorkspaceId, command.ChannelId, command.UserId);
                    failure = RunRules.AcceptsOrders(opened.Run)
                        ? await forms.OpenAsync(
                            command.TriggerId,
                            command.WorkspaceId,
                            OrderForms.For(opened.Run, opened.Menu, opened.OwnOrder, opened.LastDrinks, memberUntil),
                            cancellationToken
                        )
                        : await forms.OpenClosedAsync(
                            command.TriggerId,
                            command.WorkspaceId,
                            opened.Run,
                            cancellationToken
                        );
                }
            );
            if (failure is not null)
                return ("form_failed", failure);
            return (
                opened.Created ? "created" : "joined",
                window is not null && !opened.Created ? Replies.WindowOfOtherRun(opened.Run) : null
            );
        }
        catch (ActiveRunLimitException limit)
        {
            return ("too_many_runs", Replies.TooManyRuns(limit.Limit));
        }
    }

    private async Task<(string, SlackMessage?)> ShowHistoryAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        var entries = await runs.HistoryAsync(command.ChannelId, HistoryMessage.MaxEntries, cancellationToken, once);
        return ("shown", HistoryMessage.Build([.. entries.Select(ToEntry)]));
    }

    private static HistoryEntry ToEntry(RunHistoryEntry entry) =>
        new(entry.Run.CreatedAt, entry.Run.Status, entry.Run.RunnerUserId, entry.ParticipantUserIds, entry.OrderCount);

    private async Task<(string, SlackMessage?)> CancelAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        var result = await actions.CancelInChannelAsync(command.ChannelId, permissions.OfSlack(command.UserId), once);
        return result.Outcome switch
        {
            CloseOutcome.Closed => ("cancelled", Replies.RunCancelled()),
            CloseOutcome.NotAllowed => ("refused", Replies.NotAllowedToCancel(result.Run!)),
            _ => await plans.OfferCancelAsync(command, cancellationToken),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Command} in {WorkspaceId}/{ChannelId} by {UserId}: {Outcome}")]
        public static partial void Answered(
            ILogger logger,
            string command,
            string workspaceId,
            string channelId,
            string userId,
            string outcome
        );
    }
}
