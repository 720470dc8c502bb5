using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Users;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of coffee_runs (r) as Dapper reads it.</summary>
internal class RunRow
{
    public const string Columns = """
        r.run_id, r.workspace_id, r.channel_id, r.initiator_user_id, r.runner_user_id, r.status::text AS status, r.created_at,
        r.first_order_at, r.deadline_at, r.assigned_at, r.assignment_reason, r.reminder_sent_at, r.completed_at,
        r.cancelled_at, r.closed_by_user_id, r.version
        """;

    public Guid RunId { get; set; }
    public string WorkspaceId { get; set; } = "";
    public string ChannelId { get; set; } = "";
    public string InitiatorUserId { get; set; } = "";
    public string? RunnerUserId { get; set; }
    public RunStatus Status { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? FirstOrderAt { get; set; }
    public DateTimeOffset? DeadlineAt { get; set; }
    public DateTimeOffset? AssignedAt { get; set; }
    public string? AssignmentReason { get; set; }
    public DateTimeOffset? ReminderSentAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public DateTimeOffset? CancelledAt { get; set; }
    public string? ClosedByUserId { get; set; }
    public int Version { get; set; }

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
            DeadlineAt = DeadlineAt,
            AssignedAt = AssignedAt,
            AssignmentReason = AssignmentReason,
            ReminderSentAt = ReminderSentAt,
            CompletedAt = CompletedAt,
            CancelledAt = CancelledAt,
            ClosedByUserId = ClosedByUserId,
            Version = Version,
        };
}

/// <summary>A row of orders (o).</summary>
internal sealed class OrderRow
{
    public const string Columns =
        "o.order_id, o.run_id, o.user_id, o.drink_type, o.size, o.customizations, o.note, o.created_at";

    public Guid OrderId { get; set; }
    public Guid RunId { get; set; }
    public string UserId { get; set; } = "";
    public string DrinkType { get; set; } = "";
    public string Size { get; set; } = "";
    public string Customizations { get; set; } = "[]";
    public string? Note { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    public Order ToOrder() =>
        new(
            OrderId,
            RunId,
            UserId,
            new Drink(DrinkType, Size, CustomizationsJson.Read(Customizations)),
            Note,
            CreatedAt
        );
}

/// <summary>A row of user_preferences (p).</summary>
internal sealed class PreferenceRow
{
    public const string Columns = "p.drink_type, p.size, p.customizations, p.order_count, p.last_ordered_at";

    public string DrinkType { get; set; } = "";
    public string Size { get; set; } = "";
    public string Customizations { get; set; } = "[]";
    public int OrderCount { get; set; }
    public DateTimeOffset LastOrderedAt { get; set; }

    public Preference ToPreference() =>
        new(new Drink(DrinkType, Size, CustomizationsJson.Read(Customizations)), OrderCount, LastOrderedAt);
}
