using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Statistics;

/// <summary>The answers to the question after a run: one for each person who ordered, which they may change.</summary>
public sealed class SurveyStore(Database database)
{
    /// <summary>Stores an answer. It replaces an earlier one of the person, not a later one.</summary>
    /// <param name="answeredAt">When the person answered.</param>
    /// <returns>False: the run is not completed, or the person has no order in it.</returns>
    public Task<bool> AnswerAsync(
        Guid runId,
        string userId,
        SurveyAnswer answer,
        DateTimeOffset answeredAt,
        CancellationToken ct
    ) =>
        database.RunAsync(
            (connection, token) =>
            {
                const string Sql = """
                    WITH asked AS (
                        SELECT r.run_id FROM coffee_runs r
                        WHERE r.run_id = @runId AND r.status = 'completed'
                          AND EXISTS (SELECT FROM all_orders o WHERE o.run_id = r.run_id AND o.user_id = @userId)
                    ), stored AS (
                        INSERT INTO survey_answers AS s (run_id, user_id, answer, answered_at)
                        SELECT run_id, @userId, @answer, @answeredAt FROM asked
                        ON CONFLICT (run_id, user_id) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at
                        WHERE s.answered_at <= excluded.answered_at
                    )
                    SELECT EXISTS (SELECT FROM asked)
                    """;
                var parameters = new
                {
                    runId,
                    userId,
                    answer = NameOf(answer),
                    answeredAt = answeredAt.Cut(),
                };
                return connection.QuerySingleAsync<bool>(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                );
            },
            ct
        );

    internal static string NameOf(SurveyAnswer answer) =>
        answer switch
        {
            SurveyAnswer.Satisfied => "satisfied",
            SurveyAnswer.SoSo => "so_so",
            _ => "dissatisfied",
        };
}
