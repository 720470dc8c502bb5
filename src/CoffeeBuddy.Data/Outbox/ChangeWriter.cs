using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Audit;
using Dapper;

namespace CoffeeBuddy.Data.Outbox;

/// <summary>
/// Writes the audit rows and events of a change in the change's transaction. <see cref="Sql"/> goes to the end of the
/// command that makes the change, so that it costs no round trip of its own; <see cref="WrittenAsync"/> reads its
/// result.
/// </summary>
internal sealed class ChangeWriter(DateTimeOffset now, string? traceParent = null)
{
    /// <summary>
    /// Writes nothing for a run that does not exist: the command may have found another run instead of creating one.
    /// </summary>
    public const string Sql = """
        WITH audited AS (
            INSERT INTO audit_log (log_id, event_type, user_id, run_id, payload, "timestamp", origin, subject, on_behalf)
            SELECT a.log_id, a.event_type, a.user_id, a.run_id, a.payload::jsonb, @writtenAt, @origin, left(@subjectOfToken, 255), @onBehalf
            FROM unnest(@logIds, @auditTypes, @auditUserIds, @auditRunIds, @payloads) AS a (log_id, event_type, user_id, run_id, payload)
            WHERE EXISTS (SELECT FROM coffee_runs r WHERE r.run_id = a.run_id)
        )
        INSERT INTO outbox (event_id, topic, message_key, event_type, data, trace_parent, created_at, leased_until, attempts)
        SELECT e.event_id, e.topic, e.run_id::text, e.event_type, e.data, @traceParent, @writtenAt, @leasedUntil, 1
        FROM unnest(@eventIds, @topics, @eventRunIds, @eventTypes, @data) WITH ORDINALITY AS e (event_id, topic, run_id, event_type, data, position)
        WHERE EXISTS (SELECT FROM coffee_runs r WHERE r.run_id = e.run_id)
        ORDER BY e.position
        RETURNING outbox_id, event_id;
        """;

    private readonly List<(Guid LogId, string Type, string? UserId, Guid RunId, string Payload)> _audit = [];
    private readonly List<(Guid RunId, OutboxEvent Event)> _events = [];

    /// <summary>The events as they will be stored; their <see cref="OutboxEvent.OutboxId"/> is 0.</summary>
    public IReadOnlyList<OutboxEvent> Events => _events.ConvertAll(row => row.Event);

    public bool IsEmpty => _audit.Count == 0 && _events.Count == 0;

    public ChangeWriter Audit(string type, Guid runId, string? userId, AuditPayload payload)
    {
        _audit.Add((Guid.CreateVersion7(now), type, userId, runId, payload.ToJson()));
        return this;
    }

    public ChangeWriter Event(string type, EventData data)
    {
        _events.Add(
            (
                data.RunId,
                new(
                    0,
                    Guid.CreateVersion7(now),
                    EventTypes.TopicOf(type),
                    data.RunId.ToString(),
                    type,
                    data.ToJson(),
                    traceParent,
                    now
                )
            )
        );
        return this;
    }

    /// <summary>The parameters of the change and those of <see cref="Sql"/>.</summary>
    public DynamicParameters With(object change)
    {
        var parameters = new DynamicParameters(change);
        parameters.Add("writtenAt", now);
        parameters.Add("leasedUntil", now + TimeBudget.OutboxWriterLease);
        parameters.Add("traceParent", traceParent);
        var origin = AuditOrigin.Current;
        parameters.Add("origin", origin.Name);
        parameters.Add("subjectOfToken", origin.Subject);
        parameters.Add("onBehalf", origin.OnBehalf);
        parameters.Add("logIds", _audit.ConvertAll(row => row.LogId).ToArray());
        parameters.Add("auditTypes", _audit.ConvertAll(row => row.Type).ToArray());
        parameters.Add("auditUserIds", _audit.ConvertAll(row => row.UserId).ToArray());
        parameters.Add("auditRunIds", _audit.ConvertAll(row => row.RunId).ToArray());
        parameters.Add("payloads", _audit.ConvertAll(row => row.Payload).ToArray());
        parameters.Add("eventIds", _events.ConvertAll(row => row.Event.EventId).ToArray());
        parameters.Add("topics", _events.ConvertAll(row => row.Event.Topic).ToArray());
        parameters.Add("eventRunIds", _events.ConvertAll(row => row.RunId).ToArray());
        parameters.Add("eventTypes", _events.ConvertAll(row => row.Event.EventType).ToArray());
        parameters.Add("data", _events.ConvertAll(row => row.Event.Data).ToArray());
        return parameters;
    }

    /// <summary>The events that were stored: none when the change was not made.</summary>
    public async Task<IReadOnlyList<OutboxEvent>> WrittenAsync(SqlMapper.GridReader results)
    {
        var ids = (await results.ReadAsync<(long OutboxId, Guid EventId)>()).ToDictionary(
            row => row.EventId,
            row => row.OutboxId
        );
        return
        [
            .. _events
                .Where(row => ids.ContainsKey(row.Event.EventId))
                .Select(row => row.Event with { OutboxId = ids[row.Event.EventId] }),
        ];
    }
}
