using System.Text.Json;
using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of coffee_runs (r) as Dapper reads it.</summary>
internal class RunRow
{
    public const string Columns = $"""
        r.run_id, r.workspace_id, r.channel_id, r.initiator_user_id, r.runner_user_id, r.status::text AS status, r.created_at,
        r.first_order_at, r.order_window, r.deadline_at, r.assigned_at, r.assignment_reason,
        r.assignment_reason_parts::text AS assignment_reason_parts, r.reminder_sent_at, r.completed_at,
        r.cancelled_at, r.closed_by_user_id, r.closed_by_subject, r.version, r.runner_version,
        CASE WHEN r.runner_user_id IS NULL THEN r.undecided_since END AS undecided_since,
        CASE WHEN r.left_at >= r.assigned_at THEN r.left_at END AS left_at, CASE WHEN r.left_at >= r.assigned_at THEN r.back_at END AS back_at,
        r.reminder_queued_at, r.snoozed_until, {CountReminders} AS reminders_sent
        """;

    /// <summary>How many reminders the runner has got; an older worker does not count them.</summary>
    public const string CountReminders =
        "(CASE WHEN r.reminder_sent_at IS NULL THEN 0 ELSE greatest(r.reminders_sent, 1) END)";

    /// <summary>A condition: orders of the run are taken, changed and withdrawn.</summary>
    public const string AcceptsOrders = "r.status = 'active' AND coalesce(r.left_at < r.assigned_at, TRUE)";

    public Guid RunId { get; set; }
    public string WorkspaceId { get; set; } = "";
    public string ChannelId { get; set; } = "";
    public string InitiatorUserId { get; set; } = "";
    public string? RunnerUserId { get; set; }
    public RunStatus Status { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? FirstOrderAt { get; set; }
    public TimeSpan? OrderWindow { get; set; }
    public DateTimeOffset? DeadlineAt { get; set; }
    public DateTimeOffset? AssignedAt { get; set; }
    public string? AssignmentReason { get; set; }
    public string? AssignmentReasonParts { get; set; }
    public DateTimeOffset? ReminderSentAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public DateTimeOffset? CancelledAt { get; set; }
    public string? ClosedByUserId { get; set; }
    public string? ClosedBySubject { get; set; }
    public int Version { get; set; }
    public int RunnerVersion { get; set; }
    public DateTimeOffset? UndecidedSince { get; set; }
    public DateTimeOffset? LeftAt { get; set; }
    public DateTimeOffset? BackAt { get; set; }
    public DateTimeOffset? ReminderQueuedAt { get; set; }
    public int RemindersSent { get; set; }
    public DateTimeOffset? SnoozedUntil { get; set; }

    public CoffeeRun ToRun() =>
        new()
        {
            RunId = RunId,
            WorkspaceId = WorkspaceId,
            ChannelId = ChannelId,
            InitiatorUserId = InitiatorUserId,
            RunnerUserId = RunnerUserId,
            Status = Status,
            CreatedAt = CreatedAt,
            FirstOrderAt = FirstOrderAt,
            OrderWindow = OrderWindow,
            DeadlineAt = DeadlineAt,
            AssignedAt = AssignedAt,
            AssignmentReason = AssignmentReason,
            AssignmentReasonParts = ReadParts(),
            ReminderSentAt = ReminderSentAt,
            CompletedAt = CompletedAt,
            CancelledAt = CancelledAt,
            ClosedByUserId = ClosedByUserId,
            ClosedBySubject = ClosedBySubject,
            Version = Version,
            RunnerVersion = RunnerVersion,
            UndecidedSince = UndecidedSince,
            LeftAt = LeftAt,
            BackAt = BackAt,
            ReminderQueuedAt = ReminderQueuedAt,
            RemindersSent = RemindersSent,
            SnoozedUntil = SnoozedUntil,
        };

    /// <summary>Only parts that say the same as the text: an older worker stores the text alone.</summary>
    private ReasonParts? ReadParts()
    {
        if (AssignmentReasonParts is null || AssignmentReason is null)
            return null;
        try
        {
            var parts = JsonSerializer.Deserialize(AssignmentReasonParts, DataJson.Default.ReasonParts)!;
            return parts.InEnglish() == AssignmentReason ? parts : null;
        }
        catch (JsonException)
        {
            // A newer worker knows more kinds of reasons.
            return null;
        }
    }
}
