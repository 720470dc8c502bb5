using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    /// <summary>The numbers of a person with which a runner would be chosen now; null: they are not known.</summary>
    public Task<Candidate?> NumbersOfAsync(string userId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = $"SELECT u.user_id, {Numbers} FROM users u WHERE u.user_id = @userId";
                var parameters = new
                {
                    userId,
                    runId = Guid.Empty,
                    since = time.Now().AddDays(-_options.FairnessWindowDays),
                };
                var row = await connection.QuerySingleOrDefaultAsync<ParticipantRow>(Command(Sql, parameters, token));
                return row?.ToParticipant().Candidate;
            },
            ct
        );

    /// <summary>Who would be chosen for a run if it were now; null when nobody would, or somebody goes.</summary>
    public Task<Assignment?> PreviewAsync(CoffeeRun run, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                var now = time.Now();
                var parameters = new
                {
                    run.RunId,
                    since = now.AddDays(-_options.FairnessWindowDays),
                    now,
                };
                await using var results = await connection.QueryMultipleAsync(
                    Command(SelectParticipants, parameters, token)
                );
                var participants = await results.ReadAsync<ParticipantRow>();
                var lastRunner = await results.ReadSingleOrDefaultAsync<string>();
                return AssignmentRules.Preview(
                    run,
                    [.. participants.Select(row => row.ToParticipant())],
                    lastRunner,
                    _options
                );
            },
            ct
        );

    /// <summary>
    /// Active runs without an order of the person, in channels where they took part in a run within the fairness
    /// window; the latest first. Whether they are still in the channel is not known here.
    /// </summary>
    /// <param name="limit">Maximum number of runs.</param>
    public Task<IReadOnlyList<RunHistoryEntry>> ListNearbyAsync(string userId, int limit, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<RunHistoryEntry>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {RunRow.Columns},
                        array(SELECT o.user_id::text FROM all_orders o WHERE o.run_id = r.run_id ORDER BY o.created_at, o.order_id) AS participant_user_ids
                    FROM coffee_runs r
                    WHERE r.status = 'active' AND r.initiator_user_id <> @userId AND r.runner_user_id IS DISTINCT FROM @userId
                      AND NOT EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id AND o.user_id = @userId)
                      AND r.channel_id IN (
                        SELECT part.channel_id FROM all_orders ordered JOIN coffee_runs part ON part.run_id = ordered.run_id
                        WHERE ordered.user_id = @userId AND {OrderedInWindow})
                    ORDER BY r.created_at DESC, r.run_id DESC
                    LIMIT @limit
                    """;
                var parameters = new
                {
                    userId,
                    since = time.Now().AddDays(-_options.FairnessWindowDays),
                    limit,
                };
                var rows = await connection.QueryAsync<HistoryRow>(Command(Sql, parameters, token));
                return [.. rows.Select(row => row.ToEntry())];
            },
            ct
        );

    /// <summary>Postpones the runner's reminder. The sweep queues it again when it is due.</summary>
    /// <returns>False when somebody else goes meanwhile, the run is over, or the reminder was sent.</returns>
    public Task<bool> PostponeReminderAsync(
        Guid runId,
        string runnerUserId,
        DateTimeOffset notBefore,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                const string Sql = """
                    UPDATE coffee_runs SET reminder_not_before = @notBefore, reminder_queued_at = reminder_sent_at
                    WHERE run_id = @runId AND runner_user_id = @runnerUserId AND status = 'active'
                      AND coalesce(reminder_queued_at > reminder_sent_at, TRUE)
                    """;
                var parameters = new
                {
                    runId,
                    runnerUserId,
                    notBefore,
                };
                return await connection.ExecuteAsync(Command(Sql, parameters, token)) > 0;
            },
            ct
        );
}
