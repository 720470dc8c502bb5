using System.Runtime.CompilerServices;
using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Audit;

/// <summary>
/// Reads the audit, and adds rows that belong to no change. A change writes its rows in its own transaction, see
/// <see cref="Outbox.ChangeWriter"/>.
/// </summary>
public sealed class AuditStore(Database database, TimeProvider time)
{
    private const int RowsPerPage = 1000;

    /// <summary>The rows of a period, the oldest first, read page by page.</summary>
    /// <param name="from">Included.</param>
    /// <param name="to">Not included.</param>
    public async IAsyncEnumerable<AuditRow> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        const string Sql = """
            SELECT log_id, "timestamp" AS time, event_type AS type, outcome, origin, user_id, subject, on_behalf, run_id, payload::text AS payload
            FROM audit_log
            WHERE "timestamp" >= @after AND "timestamp" < @to AND ("timestamp", log_id) > (@after, @afterId)
            ORDER BY "timestamp", log_id LIMIT @RowsPerPage
            """;
        // No row has the smallest id.
        for (var (after, afterId) = (from, Guid.Empty); ; )
        {
            var parameters = new
            {
                after,
                afterId,
                to,
                RowsPerPage,
            };
            var page = await database.RunAsync(
                async (connection, token) =>
                    (
                        await connection.QueryAsync<Row>(
                            new CommandDefinition(Sql, parameters, cancellationToken: token)
                        )
                    ).AsList(),
                ct
            );
            foreach (var row in page)
                yield return row.ToAuditRow();
            if (page.Count < RowsPerPage)
                yield break;
            (after, afterId) = (page[^1].Time, page[^1].LogId);
        }
    }

    /// <summary>An attempt that was refused because the person, or the caller, may not do it.</summary>
    /// <param name="operation">What was tried.</param>
    /// <param name="userId">Null: the caller is no person and named none.</param>
    public Task AddRefusedAsync(
        string operation,
        string? userId,
        Guid? runId,
        string? channelId,
        string? reason,
        CancellationToken ct
    ) =>
        AddAsync(
            AuditTypes.AccessRefused,
            "refused",
            userId,
            runId,
            new()
            {
                Operation = operation,
                UserId = userId,
                ChannelId = channelId,
                Reason = reason,
            },
            ct
        );

    /// <summary>Somebody has read the audit of a period.</summary>
    public Task AddExportedAsync(string? userId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        AddAsync(
            AuditTypes.AuditExported,
            "done",
            userId,
            runId: null,
            new()
            {
                UserId = userId,
                From = from,
                To = to,
            },
            ct
        );

    /// <summary>Somebody gets the runs behind the statistics.</summary>
    /// <param name="channelId">Null: those of the whole workspace.</param>
    public Task AddStatisticsExportedAsync(
        string userId,
        string workspaceId,
        string? channelId,
        CancellationToken ct
    ) =>
        AddAsync(
            AuditTypes.StatisticsExported,
            "done",
            userId,
            runId: null,
            new()
            {
                UserId = userId,
                WorkspaceId = workspaceId,
                ChannelId = channelId,
            },
            ct
        );

    private Task<int> AddAsync(
        string type,
        string outcome,
        string? userId,
        Guid? runId,
        AuditPayload payload,
        CancellationToken ct
    )
    {
        // Who is refused may be unknown, and so may be what they name.
        const string Sql = """
            INSERT INTO audit_log (log_id, event_type, user_id, run_id, payload, "timestamp", origin, subject, on_behalf, outcome)
            VALUES (@logId, @type, (SELECT user_id FROM users WHERE user_id = @userId), (SELECT run_id FROM coffee_runs WHERE run_id = @runId),
                @payload::jsonb, @now, @Name, left(@Subject, 255), @OnBehalf, @outcome)
            ON CONFLICT (log_id) DO NOTHING
            """;
        var now = time.Now();
        var origin = AuditOrigin.Current;
        var parameters = new
        {
            logId = Guid.CreateVersion7(now),
            type,
            userId,
            runId,
            payload = payload.ToJson(),
            now,
            origin.Name,
            origin.Subject,
            origin.OnBehalf,
            outcome,
        };
        return database.RunAsync(
            (connection, token) =>
                connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: token)),
            ct
        );
    }

    private sealed class Row
    {
        public Guid LogId { get; set; }
        public DateTimeOffset Time { get; set; }
        public string Type { get; set; } = "";
        public string Outcome { get; set; } = "";
        public string? Origin { get; set; }
        public string? UserId { get; set; }
        public string? Subject { get; set; }
        public bool OnBehalf { get; set; }
        public Guid? RunId { get; set; }
        public string Payload { get; set; } = "";

        public AuditRow ToAuditRow() =>
            new(LogId, Time, Type, Outcome, Origin, UserId, Subject, OnBehalf, RunId, Payload);
    }
}
