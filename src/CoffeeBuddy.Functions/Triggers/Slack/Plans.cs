using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary><c>/coffee at 14:30</c>, and <c>/coffee-cancel</c> in a channel without an active run.</summary>
public sealed class Plans(
    RunActions actions,
    RunStore runs,
    Permissions permissions,
    PersonTimeZones timeZones,
    IOptions<Core.CoffeeOptions> options,
    TimeProvider time
)
{
    /// <param name="once">The request, if it may arrive again.</param>
    /// <returns>The outcome, and what to tell the person. A text that is not clear stores nothing.</returns>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public async Task<(string Outcome, SlackMessage? Answer)> PlanAsync(
        SlashCommand command,
        RequestClaim once,
        CancellationToken cancellationToken
    )
    {
        var stored = await timeZones.GetAsync(command.UserId, command.WorkspaceId, cancellationToken);
        if (stored is { TimeZone: null, UtcOffsetSeconds: null })
            return ("zone_unknown", PlannedRunReplies.ZoneUnknown());
        var now = time.GetUtcNow();
        if (PlannedTimeText.Read(command.Text, now, stored.Zone, out var startsAt) is { } fault)
            return ("time_unclear", PlannedRunReplies.Unclear(fault));
        var result = await actions.PlanAsync(
            new(
                Guid.CreateVersion7(now),
                command.WorkspaceId,
                command.EnterpriseId,
                command.ChannelId,
                command.ChannelName,
                command.UserId,
                command.UserName,
                startsAt,
                once
            )
        );
        // A command can be typed only in a channel of which the person is a member.
        permissions.SawInChannel(command.WorkspaceId, command.ChannelId, command.UserId);
        return result switch
        {
            { Outcome: PlanOutcome.Planned } => ("planned", PlannedRunReplies.Planned(result.Planned!)),
            { Outcome: PlanOutcome.AlreadyPlanned } => (
                "already_planned",
                PlannedRunReplies.AlreadyPlanned(result.Planned!, command.UserId)
            ),
            _ => ("too_many_planned", PlannedRunReplies.TooMany(options.Value.MaxPlannedRuns)),
        };
    }

    /// <summary>The channel has no active run: shows the runs that the person has planned there.</summary>
    public async Task<(string Outcome, SlackMessage? Answer)> OfferCancelAsync(
        SlashCommand command,
        CancellationToken cancellationToken
    ) =>
        await runs.PlannedOfAsync(command.UserId, command.ChannelId, cancellationToken) is { Count: > 0 } planned
            ? ("planned", PlannedRunReplies.NoActiveRun(planned))
            : ("refused", Replies.NoActiveRun());
}
