using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Sweeps;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Recovery;

/// <summary>An event of a run that Kafka still has.</summary>
/// <param name="At">When the change happened.</param>
public sealed record KeptEvent(string Type, DateTimeOffset At, EventData Data);

/// <summary>How many runs were created again, got their runner and were closed, and how many are active now.</summary>
public sealed record Recovered(int Created, int Assigned, int Closed, int Active);

/// <summary>Brings the runs of a restored backup up to what Kafka and Slack still know.</summary>
public sealed class RecoveryStore(Database database, TimeProvider time)
{
    /// <summary>
    /// More than a run's version can grow in a day, so that every message in Slack shows an older version.
    /// </summary>
    private const int VersionsAhead = 1000;

    /// <summary>The last messages of a run that was closed within this time before the backup may follow it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    private static readonly string[] InChannel =
    [
        MessageKinds.Announcement,
        MessageKinds.Summary,
        MessageKinds.Assignment,
        MessageKinds.Completion,
    ];

    private static readonly string[] Direct =
    [
        MessageKinds.Assignment,
        MessageKinds.Completion,
        MessageKinds.RunnerDm,
        MessageKinds.Reminder,
        MessageKinds.CannotPost,
    ];

    private static readonly string[] OfOrders = [MessageKinds.Confirmation, MessageKinds.ConfirmationDm];

    private static readonly string Payload = new AuditPayload { Reason = "recovered from Kafka" }.ToJson();

    /// <summary>
    /// Does again what the events say: opens runs, without their orders, assigns runners and closes runs. Then makes
    /// sure that messages which Slack may show already are searched for before they are posted, and that those of
    /// active runs are brought up to date. One transaction, which may be repeated.
    /// </summary>
    /// <param name="backupAt">The time of the backup.</param>
    public Task<Recovered> RecoverAsync(IEnumerable<KeptEvent> events, DateTimeOffset backupAt, CancellationToken ct)
    {
        var inOrder = events
            .Where(kept => kept.Type is not (EventTypes.OrderPlaced or EventTypes.OrderWithdrawn))
            .OrderBy(kept => kept.At)
            .ToList();
        return database.TransactAsync(
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (created, assigned, closed) = (0, 0, 0);
                foreach (var kept in inOrder)
                {
                    switch (kept)
                    {
                        case { Type: EventTypes.RunCreated, Data.UserId: not null }:
                            created += await CreateAsync(connection, kept, now, token);
                            break;
                        case { Type: EventTypes.RunnerAssigned, Data.RunnerUserId: not null }:
                            assigned += await AssignAsync(connection, kept, now, token);
                            break;
                        case { Type: EventTypes.RunCompleted or EventTypes.RunCancelled }:
                            closed += await CloseAsync(connection, kept, now, token);
                            break;
                    }
                }

                await StartPlannedAsync(connection, token);
                await MarkMessagesAsync(connection, backupAt, now, token);
                return new Recovered(created, assigned, closed, await OutdateMessagesAsync(connection, now, token));
            },
            ct
        );
    }

    private static Task<int> CreateAsync(
        NpgsqlConnection connection,
        KeptEvent kept,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        ChangeAsync(
            connection,
            """
            INSERT INTO coffee_runs
                (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at, empty_since)
            SELECT @RunId, @WorkspaceId, @ChannelId, @UserId, @At, @now, @now
            WHERE NOT EXISTS (SELECT FROM coffee_runs r WHERE r.channel_id = @ChannelId AND r.status = 'active')
            ON CONFLICT DO NOTHING
            RETURNING run_id
            """,
            AuditTypes.RunCreated,
            kept,
            kept.Data.UserId,
            now,
            ct
        );

    private static Task<int> AssignAsync(
        NpgsqlConnection connection,
        KeptEvent kept,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        ChangeAsync(
            connection,
            """
            UPDATE coffee_runs r
            SET runner_user_id = @UserId, assigned_at = @At, assignment_reason = NULL, assignment_reason_parts = NULL,
                version = r.version + 1, changed_at = @now, reminder_queued_at = NULL, reminder_sent_at = NULL
            WHERE r.run_id = @RunId AND r.status = 'active' AND r.runner_user_id IS DISTINCT FROM @UserId
              AND coalesce(r.assigned_at < @At, TRUE)
            RETURNING r.run_id
            """,
            AuditTypes.RunnerAssigned,
            kept,
            kept.Data.RunnerUserId,
            now,
            ct
        );

    private static Task<int> CloseAsync(
        NpgsqlConnection connection,
        KeptEvent kept,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var isCompleted = kept.Type == EventTypes.RunCompleted;
        return ChangeAsync(
            connection,
            $"""
            UPDATE coffee_runs r
            SET status = '{(isCompleted ? "completed" : "cancelled")}', {(
                isCompleted ? "completed_at" : "cancelled_at"
            )} = @At,
                closed_by_user_id = @UserId, version = r.version + 1, changed_at = @now
            WHERE r.run_id = @RunId AND r.status = 'active'
            RETURNING r.run_id
            """,
            isCompleted ? AuditTypes.RunCompleted : AuditTypes.RunCancelled,
            kept,
            kept.Data.UserId,
            now,
            ct
        );
    }

    /// <param name="userId">The person in the change, who is added if the backup does not have them; null for the
    /// system.</param>
    /// <returns>1 when the run was changed, else 0.</returns>
    private static async Task<int> ChangeAsync(
        NpgsqlConnection connection,
        string change,
        string auditType,
        KeptEvent kept,
        string? userId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var parameters = new
        {
            kept.Data.RunId,
            kept.Data.WorkspaceId,
            kept.Data.ChannelId,
            userId,
            at = kept.At.Cut(),
            now,
            auditType,
            logId = Guid.CreateVersion7(kept.At),
            Payload,
        };
        const string See = """
            INSERT INTO users (user_id, created_at, updated_at) SELECT @userId, @at, @at WHERE @userId IS NOT NULL
            ON CONFLICT DO NOTHING
            """;
        await connection.ExecuteAsync(Command(See, parameters, ct));
        var sql = $"""
            WITH changed AS ({change})
            INSERT INTO audit_log (log_id, event_type, user_id, run_id, payload, "timestamp", origin)
            SELECT @logId, @auditType, @userId, changed.run_id, @Payload::jsonb, @at, 'operator' FROM changed
            """;
        return await connection.ExecuteAsync(Command(sql, parameters, ct));
    }

    /// <summary>The planned runs of the backup that were opened since: not to be opened again.</summary>
    private static Task<int> StartPlannedAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.ExecuteAsync(
            Command(
                """
                UPDATE planned_runs p SET status = 'started', ended_at = r.created_at
                FROM coffee_runs r WHERE r.run_id = p.run_id AND p.status = 'planned'
                """,
                new { },
                ct
            )
        );

    /// <summary>
    /// Counts one attempt for each message that may have been posted since the backup: who posts it searches for it
    /// first.
    /// </summary>
    private static Task<int> MarkMessagesAsync(
        NpgsqlConnection connection,
        DateTimeOffset backupAt,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            INSERT INTO slack_messages AS m (run_id, kind, recipient, attempts, created_at, updated_at)
            SELECT r.run_id, message.kind, message.recipient, 1, @backupAt, @now
            FROM coffee_runs r
            CROSS JOIN LATERAL (
                SELECT kind, '' AS recipient FROM unnest(@InChannel) AS kind
                UNION
                SELECT kind, person FROM unnest(@Direct) AS kind, (
                    SELECT r.initiator_user_id UNION SELECT r.runner_user_id
                    UNION SELECT o.user_id FROM all_orders o WHERE o.run_id = r.run_id
                ) AS people (person) WHERE person IS NOT NULL
                UNION
                SELECT kind, o.user_id FROM unnest(@OfOrders) AS kind, all_orders o WHERE o.run_id = r.run_id
            ) AS message
            WHERE r.status = 'active' OR r.changed_at > @changedAfter
            ON CONFLICT (run_id, kind, recipient) DO UPDATE
            SET attempts = greatest(m.attempts, 1), created_at = least(m.created_at, excluded.created_at),
                claimed_until = NULL, claim_token = NULL
            WHERE m.ts IS NULL AND m.error IS NULL;

            -- A confirmation has no id to search for. Those of the orders that the backup has count as sent.
            UPDATE slack_messages m
            SET shown_version = greatest(m.shown_version, {SweepStore.OrderVersion})
            FROM (SELECT run_id, user_id, max(created_at) AS created_at FROM all_orders GROUP BY run_id, user_id) o
            WHERE o.run_id = m.run_id AND o.user_id = m.recipient AND m.kind = ANY (@OfOrders) AND m.ts IS NOT NULL
            """;
        var parameters = new
        {
            backupAt,
            changedAfter = backupAt - Settling,
            now,
            InChannel,
            Direct,
            OfOrders,
        };
        return connection.ExecuteAsync(Command(Sql, parameters, ct));
    }

    /// <summary>Raises the version of the active runs, and of those that were closed just now.</summary>
    /// <returns>The number of active runs.</returns>
    private static async Task<int> OutdateMessagesAsync(
        NpgsqlConnection connection,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = """
            UPDATE coffee_runs SET version = version + @VersionsAhead, changed_at = @now, reconciled_at = NULL
            WHERE status = 'active' OR changed_at = @now
            RETURNING status = 'active'
            """;
        var active = await connection.QueryAsync<bool>(Command(Sql, new { VersionsAhead, now }, ct));
        return active.Count(isActive => isActive);
    }

    private static CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, cancellationToken: ct);
}
