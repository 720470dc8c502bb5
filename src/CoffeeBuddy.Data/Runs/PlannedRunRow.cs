using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Data.Runs;

/// <summary>A row of planned_runs (p) as Dapper reads it.</summary>
internal sealed class PlannedRunRow
{
    public const string Columns = """
        p.run_id, p.workspace_id, p.enterprise_id, p.channel_id, p.channel_name, p.initiator_user_id, p.starts_at, p.status,
        replace(p.drop_reason, '_', '') AS drop_reason
        """;

    public Guid RunId { get; set; }
    public string WorkspaceId { get; set; } = "";
    public string? EnterpriseId { get; set; }
    public string ChannelId { get; set; } = "";
    public string? ChannelName { get; set; }
    public string InitiatorUserId { get; set; } = "";
    public DateTimeOffset StartsAt { get; set; }
    public PlannedRunStatus Status { get; set; }
    public DropReason? DropReason { get; set; }

    public PlannedRun ToPlannedRun() =>
        new()
        {
            RunId = RunId,
            WorkspaceId = WorkspaceId,
            EnterpriseId = EnterpriseId,
            ChannelId = ChannelId,
            ChannelName = ChannelName,
            InitiatorUserId = InitiatorUserId,
            StartsAt = StartsAt,
            Status = Status,
            DropReason = DropReason,
        };
}
