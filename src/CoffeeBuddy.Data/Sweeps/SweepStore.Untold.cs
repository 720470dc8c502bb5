using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Users;
using Dapper;

namespace CoffeeBuddy.Data.Sweeps;

/// <summary>A runner who has not received a direct message in Slack.</summary>
/// <param name="Kind">The e-mail to send: <see cref="MessageKinds.RunnerEmail"/> or
/// <see cref="MessageKinds.ReminderEmail"/>.</param>
/// <param name="ChannelName">Null where it is not known.</param>
public sealed record UntoldRunner(Guid RunId, string RunnerUserId, string Kind, string? ChannelName);

public sealed partial class SweepStore
{
    /// <summary>
    /// Runners of active runs whose direct message, or whose reminder, has been due for longer than the given time
    /// without being posted or sent as e-mail; the longest due first. Not runners whose message Slack has refused:
    /// Slack works then.
    /// </summary>
    public Task<IReadOnlyList<UntoldRunner>> UntoldRunnersAsync(int limit, TimeSpan longerThan, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<UntoldRunner>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT due.run_id, due.runner_user_id, due.kind, due.channel_name
                    FROM (
                        SELECT r.run_id, r.runner_user_id, r.channel_name, r.assigned_at AS due_at,
                            '{MessageKinds.RunnerDm}' AS in_slack, '{MessageKinds.RunnerEmail}' AS kind
                        FROM coffee_runs r WHERE r.status = 'active' AND r.assigned_at <= @before
                        UNION ALL
                        SELECT r.run_id, r.runner_user_id, r.channel_name, {ReminderDueAt},
                            '{MessageKinds.Reminder}', '{MessageKinds.ReminderEmail}'
                        FROM coffee_runs r
                        WHERE r.status = 'active' AND r.reminder_sent_at IS NULL
                          AND {ReminderDueAt} <= @before
                    ) due
                    WHERE NOT EXISTS (
                        SELECT FROM slack_messages m
                        WHERE m.run_id = due.run_id AND m.recipient = due.runner_user_id AND m.kind IN (due.in_slack, due.kind)
                          AND (m.ts IS NOT NULL OR m.error IS NOT NULL OR (m.kind = due.kind AND m.claimed_until > @now)))
                    ORDER BY due.due_at, due.kind DESC LIMIT @limit
                    """;
                var now = time.Now();
                var rows = await connection.QueryAsync<UntoldRow>(
                    Command(
                        Sql,
                        new
                        {
                            now,
                            before = now - longerThan,
                            reminderDelay = _options.ReminderDelay,
                            reminderInterval = _options.ReminderInterval,
                            limit,
                        },
                        token
                    )
                );
                return
                [
                    .. rows.Select(row => new UntoldRunner(row.RunId, row.RunnerUserId, row.Kind, row.ChannelName)),
                ];
            },
            ct
        );

    private sealed class UntoldRow
    {
        public Guid RunId { get; set; }
        public string RunnerUserId { get; set; } = "";
        public string Kind { get; set; } = "";
        public string? ChannelName { get; set; }
    }
}
