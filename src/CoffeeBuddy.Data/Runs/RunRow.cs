using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of coffee_runs (r) as Dapper reads it.</summary>
internal class RunRow
{
    public const string Columns = """
        r.run_id, r.workspace_id, r.channel_id, r.initiator_user_id, r.runner_user_id, r.status::text AS status, r.created_at,
        r.first_order_at, r.order_window, r.deadline_at, r.assigned_at, r.assignment_reason, r.reminder_sent_at, r.completed_at,
        r.cancelled_at, r.closed_by_user_id, r.closed_by_subject, r.version, r.runner_version,
        CASE WHEN r.runner_user_id IS NULL THEN r.undecided_since END AS undecided_since
        """;

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
    public DateTimeOffset? ReminderSentAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public DateTimeOffset? CancelledAt { get; set; }
    public string? ClosedByUserId { get; set; }
    public string? ClosedBySubject { get; set; }
    public int Version { get; set; }
    public int RunnerVersion { get; set; }
    public DateTimeOffset? UndecidedSince { get; set; }

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
            ReminderSentAt = ReminderSentAt,
            CompletedAt = CompletedAt,
            CancelledAt = CancelledAt,
            ClosedByUserId = ClosedByUserId,
            ClosedBySubject = ClosedBySubject,
            Version = Version,
            RunnerVersion = RunnerVersion,
            UndecidedSince = UndecidedSince,
        };
}
