using System.Text.Json;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Audit;

/// <summary>
/// The types of audit rows, one for each business event, and for what belongs to no run. The function delete_person of
/// the schema writes one more, person_deleted.
/// </summary>
public static class AuditTypes
{
    public const string RunCreated = "run_created";
    public const string OrderPlaced = "order_placed";
    public const string OrderWithdrawn = "order_withdrawn";
    public const string RunnerAssigned = "runner_assigned";
    public const string DeadlineChanged = "deadline_changed";
    public const string RunnerDeclined = "runner_declined";
    public const string TakeOverAsked = "take_over_asked";
    public const string TakeOverDeclined = "take_over_declined";
    public const string ReminderSent = "reminder_sent";
    public const string ReminderSnoozed = "reminder_snoozed";
    public const string RunnerLeft = "runner_left";
    public const string RunnerBack = "runner_back";
    public const string OrderCollected = "order_collected";
    public const string RunCompleted = "run_completed";
    public const string RunCancelled = "run_cancelled";
    public const string RunPlanned = "run_planned";
    public const string PlannedRunCancelled = "planned_run_cancelled";
    public const string PlannedRunDropped = "planned_run_dropped";
    public const string MenuChanged = "menu_changed";
    public const string MenuRemoved = "menu_removed";
    public const string SoldOutChanged = "sold_out_changed";
    public const string AccessRefused = "access_refused";
    public const string AuditExported = "audit_exported";
    public const string StatisticsExported = "statistics_exported";
}

/// <summary>The details of an audit row. Unlike events and logs, it may contain what a person drinks.</summary>
internal sealed record AuditPayload
{
    public string? WorkspaceId { get; init; }
    public string? ChannelId { get; init; }
    public Guid? OrderId { get; init; }
    public Drink? Drink { get; init; }

    /// <summary>The drink that this order replaced.</summary>
    public Drink? Replaced { get; init; }

    /// <summary>True when the order is for a guest of the person; otherwise null.</summary>
    public bool? ForGuest { get; init; }

    public string? RunnerUserId { get; init; }

    /// <summary>Who is asked to go in the runner's place.</summary>
    public string? AskedUserId { get; init; }

    /// <summary>Why this person is the runner, or cannot go, or why the system cancelled the run.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<string>? Candidates { get; init; }

    /// <summary>The new deadline; null: there is none before the first order.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>True when only the right of an admin allowed the action; otherwise null.</summary>
    public bool? AsAdmin { get; init; }

    /// <summary>The menu that an admin has written for the workspace or the channel.</summary>
    public MenuDocument? Menu { get; init; }

    public SoldOut? SoldOut { get; init; }

    /// <summary>What was refused: the function, or the button.</summary>
    public string? Operation { get; init; }

    /// <summary>Who was refused, has exported, or has changed a menu. They may not be among the known people.</summary>
    public string? UserId { get; init; }

    /// <summary>The period that was exported.</summary>
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }

    public static AuditPayload Of(CoffeeRun run) => new() { WorkspaceId = run.WorkspaceId, ChannelId = run.ChannelId };

    public string ToJson() => JsonSerializer.Serialize(this, DataJson.Default.AuditPayload);
}
