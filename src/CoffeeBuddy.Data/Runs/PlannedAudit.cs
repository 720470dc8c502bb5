using System.Text.Json;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using Dapper;

namespace CoffeeBuddy.Data.Runs;

/// <summary>
/// The audit of planned runs, in the command that changes them. The audit refers to no run: there is none before it is
/// opened.
/// </summary>
internal static class PlannedAudit
{
    /// <summary>What the change, a common table expression "ended", returns of planned_runs (p).</summary>
    public const string Returned = "p.run_id, p.workspace_id, p.channel_id, p.starts_at, p.drop_reason";

    /// <summary>Writes a row for each row of the change.</summary>
    public const string Sql = """
        INSERT INTO audit_log (log_id, event_type, user_id, payload, "timestamp", origin)
        SELECT @logId, @auditType, @auditUserId, jsonb_strip_nulls(jsonb_build_object(
                'planned_run_id', run_id, 'workspace_id', workspace_id, 'channel_id', channel_id, 'starts_at', starts_at, 'reason', drop_reason)),
            @now, @origin
        FROM ended
        """;

    /// <param name="change">The parameters of the change, with <c>now</c>.</param>
    /// <param name="userId">Null: the system.</param>
    public static DynamicParameters With(string type, string? userId, DateTimeOffset now, object change)
    {
        var parameters = change as DynamicParameters ?? new DynamicParameters(change);
        parameters.Add("logId", Guid.CreateVersion7(now));
        parameters.Add("auditType", type);
        parameters.Add("auditUserId", userId);
        parameters.Add("origin", AuditOrigin.Current.Name);
        return parameters;
    }

    public static string NameOf(DropReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
