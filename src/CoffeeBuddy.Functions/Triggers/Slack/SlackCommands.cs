using System.Diagnostics;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>Slash commands: <c>/coffee</c>, <c>/coffee-history</c>, <c>/coffee-cancel</c>. Answered within Slack's 3 s.</summary>
public sealed partial class SlackCommands(
    RunStore runs,
    UserStore users,
    OrderForms forms,
    EventPublisher publisher,
    WorkerMetrics metrics,
    TimeProvider time,
    IOptions<CoffeeOptions> options,
    ILogger<SlackCommands> logger
)
{
    private static readonly string[] Known = [Commands.Coffee, Commands.History, Commands.Cancel];

    [Function(nameof(SlackCommands))]
    [SlackSigned(SlackSignedAttribute.Form)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/commands")] HttpRequest request,
        FunctionContext context
    )
    {
        var started = Stopwatch.GetTimestamp();
        var form = SlackForm.Parse(context.VerifiedBody());
        if (form.GetValueOrDefault("ssl_check") == "1")
            return Results.Ok();
        if (!SlashCommand.TryParse(form, out var command, out var fault))
            throw SlackAnswers.Unreadable(fault);

        var outcome = "failed";
        try
        {
            (outcome, var answer) = await AnswerAsync(command, context.CancellationToken);
            Log.Answered(logger, command.Command, command.WorkspaceId, command.ChannelId, command.UserId, outcome);
            return answer;
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

    private Task<(string Outcome, IResult Answer)> AnswerAsync(
        SlashCommand command,
        CancellationToken cancellationToken
    ) =>
        (command.Command, command.Text.ToLowerInvariant()) switch
        {
            (Commands.Coffee, "") when command.ChannelId.StartsWith('D') => Task.FromResult(
                ("direct", SlackAnswers.Ephemeral(Replies.OnlyInChannels()))
            ),
            (Commands.Coffee, "") => OpenAsync(command, cancellationToken),
            (Commands.Coffee, "help") => Task.FromResult(("help", SlackAnswers.Ephemeral(Replies.Help()))),
            (Commands.Coffee, "away") => SetAwayAsync(command, away: true, cancellationToken),
            (Commands.Coffee, "back") => SetAwayAsync(command, away: false, cancellationToken),
            (Commands.History, _) => ShowHistoryAsync(command, cancellationToken),
            (Commands.Cancel, _) => CancelAsync(command, cancellationToken),
            _ => Task.FromResult(
                (
                    "unknown",
                    SlackAnswers.Ephemeral(Replies.UnknownCommand($"{command.Command} {command.Text}".TrimEnd()))
                )
            ),
        };

    private async Task<(string, IResult)> OpenAsync(SlashCommand command, CancellationToken cancellationToken)
    {
        var channelName = command.ChannelName is null ? null : SlackAnswers.PlainName(command.ChannelName);
        var opened = await runs.OpenOrJoinAsync(
            new(
                command.WorkspaceId,
                command.ChannelId,
                command.UserId,
                SlackAnswers.PlainName(command.UserName),
                SlackAnswers.TraceParent,
                ChannelName: channelName
            ),
            cancellationToken
        );
        if (opened.Created)
            metrics.RunChanged("created");

        // Side by side: the person's trigger lives for 3 s, and Kafka may be slow or away.
        var publishing = opened.Refused
            ? AnnounceAgainAsync(opened.Run, cancellationToken)
            : publisher.PublishAsync(opened.Events, cancellationToken);
        var form = forms.For(opened.Run, opened.OwnOrder, opened.LastDrinks);
        var failure = await forms.OpenAsync(command.TriggerId, command.TeamId, form, cancellationToken);
        await publishing;
        return failure is null
            ? (opened.Created ? "created" : "joined", Results.Ok())
            : ("form_failed", SlackAnswers.Ephemeral(failure));
    }

    /// <summary>Whoever started the run was asked to invite the app and to type the command again. Nothing hangs on it: they can once more.</summary>
    private async Task AnnounceAgainAsync(CoffeeRun run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var data = new EventData(run.RunId, run.WorkspaceId, run.ChannelId);
        await publisher.TryPublishAsync(
            new(
                0,
                Guid.CreateVersion7(now),
                Topics.Orders,
                run.RunId.ToString(),
                EventTypes.RunCreated,
                data.ToJson(),
                SlackAnswers.TraceParent,
                now
            ),
            cancellationToken
        );
    }

    private async Task<(string, IResult)> SetAwayAsync(
        SlashCommand command,
        bool away,
        CancellationToken cancellationToken
    )
    {
        await users.SetAwayAsync(command.UserId, SlackAnswers.PlainName(command.UserName), away, cancellationToken);
        return (away ? "away" : "back", SlackAnswers.Ephemeral(Replies.AwayChanged(away)));
    }

    private async Task<(string, IResult)> ShowHistoryAsync(SlashCommand command, CancellationToken cancellationToken)
    {
        var entries = await runs.HistoryAsync(command.ChannelId, HistoryMessage.MaxEntries, cancellationToken);
        return ("shown", SlackAnswers.Ephemeral(HistoryMessage.Build([.. entries.Select(ToEntry)])));
    }

    private static HistoryEntry ToEntry(RunHistoryEntry entry) =>
        new(entry.Run.CreatedAt, entry.Run.Status, entry.Run.RunnerUserId, entry.ParticipantUserIds, entry.OrderCount);

    private async Task<(string, IResult)> CancelAsync(SlashCommand command, CancellationToken cancellationToken)
    {
        var isAdmin = options.Value.IsAdmin(command.UserId);
        var result = await runs.CancelInChannelAsync(
            command.ChannelId,
            command.UserId,
            SlackAnswers.TraceParent,
            cancellationToken,
            isAdmin
        );
        await publisher.PublishAsync(result.Events, cancellationToken);
        if (result.Outcome == CloseOutcome.Closed)
            metrics.RunChanged("cancelled");
        var answer = result.Outcome switch
        {
            CloseOutcome.Closed => Replies.RunCancelled(),
            CloseOutcome.NotAllowed => Replies.NotAllowedToCancel(result.Run!),
            _ => Replies.NoActiveRun(),
        };
        return (result.Outcome == CloseOutcome.Closed ? "cancelled" : "refused", SlackAnswers.Ephemeral(answer));
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
