using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using Dapper;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Data.Statistics;

/// <summary>Counts runs of a channel or a workspace; a run that was cancelled does not count.</summary>
public sealed partial class StatisticsStore(Database database, TimeProvider time, IOptions<CoffeeOptions> options)
{
    // The wait ends with the first runner, not with one who takes the run over. Runs from before migration 0012 have no
    // row in runner_assignments.
    private const string FirstAssignedAt =
        "coalesce((SELECT a.assigned_at FROM runner_assignments a WHERE a.run_id = r.run_id ORDER BY a.version LIMIT 1), r.assigned_at)";

    // Somebody may have volunteered before the first order: then the wait is 0.
    private const string Seconds = $"""
        CASE WHEN r.first_order_at IS NOT NULL AND r.assigned_at IS NOT NULL
            THEN greatest(0, extract(epoch FROM {FirstAssignedAt} - r.first_order_at))::float8 END
        """;

    private const string Monday = "date_trunc('week', r.created_at AT TIME ZONE 'UTC')";

    /// <summary>The statistics, in one round trip.</summary>
    /// <param name="withNames">Whether to list who goes for no run.</param>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<RunStatistics> CountAsync(
        StatisticsScope scope,
        bool withNames,
        CancellationToken ct,
        RequestClaim? once = null
    ) =>
        database.RunAsync(
            async (connection, token) =>
            {
                var now = time.Now();
                var firstMonday = RunStatistics.FirstMonday(now);
                var parameters = new
                {
                    scope.WorkspaceId,
                    scope.ChannelId,
                    since = Start(firstMonday),
                    fairSince = now.AddDays(-options.Value.FairnessWindowDays),
                    activeSince = now - SuccessMetrics.ActiveFor,
                    inTime = SuccessMetrics.OrderConfirmationTime.TotalSeconds,
                    RunStatistics.MaxDrinks,
                    RunStatistics.MaxNeverRunners,
                    RunStatistics.MinRunsTakenPart,
                };
                await using var results = await RequestClaim.SendAsync(
                    once,
                    connection,
                    new CommandDefinition(
                        RequestClaim.SqlOf(once) + CountSql(scope, withNames),
                        RequestClaim.With(once, parameters),
                        cancellationToken: token
                    )
                );
                var weeks = (await results.ReadAsync<WeekRow>()).ToDictionary(row => DateOnly.FromDateTime(row.Monday));
                var times = await results.ReadSingleAsync<TimesRow>();
                var fairness = await results.ReadSingleAsync<FairnessRow>();
                var active = await results.ReadSingleAsync<int>();
                var drinks = await results.ReadAsync<DrinkRow>();
                var answers = (await results.ReadAsync<AnswerRow>()).ToDictionary(
                    row => row.Answer,
                    row => row.Answers
                );
                return new RunStatistics
                {
                    Weeks =
                    [
                        .. Enumerable
                            .Range(0, RunStatistics.WeekCount)
                            .Select(week => firstMonday.AddDays(7 * week))
                            .Select(monday =>
                                weeks.GetValueOrDefault(monday)?.ToWeek() ?? new(monday, Runs: 0, MedianTime: null)
                            ),
                    ],
                    Times = times.ToTimes(),
                    Fairness = new(fairness.People, fairness.RunsMade, fairness.Score),
                    ActivePeople = active,
                    Drinks = [.. drinks.Select(row => new DrinkNumbers(row.DrinkType, row.Orders))],
                    Survey = new(
                        answers.GetValueOrDefault(SurveyStore.NameOf(SurveyAnswer.Satisfied)),
                        answers.GetValueOrDefault(SurveyStore.NameOf(SurveyAnswer.SoSo)),
                        answers.GetValueOrDefault(SurveyStore.NameOf(SurveyAnswer.Dissatisfied))
                    ),
                    NeverRunners = withNames
                        ?
                        [
                            .. (await results.ReadAsync<NeverRunnerRow>()).Select(row => new NeverRunner(
                                row.UserId,
                                row.RunsTakenPart
                            )),
                        ]
                        : null,
                };
            },
            ct
        );

    /// <summary>The runs that <see cref="CountAsync"/> counts, the oldest first.</summary>
    /// <param name="limit">Of more runs, the latest.</param>
    public Task<IReadOnlyList<RunRecord>> ListAsync(StatisticsScope scope, int limit, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<RunRecord>>(
            async (connection, token) =>
            {
                var parameters = new
                {
                    scope.WorkspaceId,
                    scope.ChannelId,
                    since = Start(RunStatistics.FirstMonday(time.Now())),
                    limit,
                };
                var rows = await connection.QueryAsync<RecordRow>(
                    new CommandDefinition(ListSql(scope), parameters, cancellationToken: token)
                );
                return [.. rows.Select(row => row.ToRecord())];
            },
            ct
        );

    private static DateTimeOffset Start(DateOnly monday) => new(monday.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>
    /// Runs and orders are each read by their own time, so that an index bounds what is read. An order is never older
    /// than its run.
    /// </summary>
    private static string CountSql(StatisticsScope scope, bool withNames)
    {
        var counted = Counted(scope);
        return $"""
            SELECT {Monday} AS monday, count(*) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY {Seconds}) AS median
            FROM coffee_runs r WHERE {counted} AND r.created_at >= @since GROUP BY 1;

            SELECT count(w.seconds) AS runs, count(*) FILTER (WHERE w.seconds <= @inTime) AS in_time,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY w.seconds) AS median,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY w.seconds) AS percentile95
            FROM (SELECT {Seconds} AS seconds FROM coffee_runs r WHERE {counted} AND r.created_at >= @since) w;

            SELECT count(*) AS people, coalesce(sum(person.made), 0) AS runs_made, stddev_pop(person.made)::float8 AS score
            FROM (
                SELECT part.user_id, count(*) FILTER (WHERE part.went) AS made
                FROM (
                    SELECT o.user_id, FALSE AS went FROM coffee_runs r JOIN all_orders o ON o.run_id = r.run_id
                    WHERE {counted} AND r.created_at >= @fairSince AND o.created_at >= @fairSince
                    UNION ALL
                    SELECT r.runner_user_id, TRUE FROM coffee_runs r
                    WHERE {counted} AND r.created_at >= @fairSince AND r.runner_user_id IS NOT NULL
                ) part
                GROUP BY part.user_id
            ) person;

            SELECT count(DISTINCT o.user_id) FROM coffee_runs r JOIN all_orders o ON o.run_id = r.run_id
            WHERE {counted} AND r.created_at >= @since AND o.created_at >= @activeSince;

            SELECT mode() WITHIN GROUP (ORDER BY o.drink_type) AS drink_type, count(*) AS orders
            FROM coffee_runs r JOIN all_orders o ON o.run_id = r.run_id
            WHERE {counted} AND r.created_at >= @since AND o.created_at >= @since
            GROUP BY lower(o.drink_type) ORDER BY count(*) DESC, lower(o.drink_type) LIMIT @MaxDrinks;

            SELECT s.answer, count(*) AS answers FROM coffee_runs r JOIN survey_answers s ON s.run_id = r.run_id
            WHERE {counted} AND r.created_at >= @since AND s.answered_at >= @since GROUP BY s.answer;

            {(withNames ? NeverRunners(counted) : "")}
            """;
    }

    // Somebody who was deleted has a pseudonym, which is not shown.
    private static string NeverRunners(string counted) =>
        $"""
            SELECT o.user_id, count(DISTINCT o.run_id) AS runs_taken_part
            FROM coffee_runs r JOIN all_orders o ON o.run_id = r.run_id
            WHERE {counted} AND r.created_at >= @since AND o.created_at >= @since AND o.user_id NOT LIKE 'deleted-%'
              AND NOT EXISTS (
                SELECT FROM coffee_runs made
                WHERE made.runner_user_id = o.user_id AND made.created_at >= @since AND made.status <> 'cancelled')
            GROUP BY o.user_id HAVING count(DISTINCT o.run_id) >= @MinRunsTakenPart
            ORDER BY 2 DESC, 1 LIMIT @MaxNeverRunners;
            """;

    private static string ListSql(StatisticsScope scope) =>
        $"""
            SELECT {Monday} AS monday, r.run_id, r.channel_id, r.initiator_user_id, r.runner_user_id, r.status::text,
                (SELECT count(*) FROM all_orders o WHERE o.run_id = r.run_id) AS orders,
                r.created_at, r.first_order_at, {FirstAssignedAt} AS assigned_at, {Seconds} AS seconds, r.completed_at
            FROM (
                SELECT * FROM coffee_runs r WHERE {Counted(scope)} AND r.created_at >= @since
                ORDER BY r.created_at DESC, r.run_id DESC LIMIT @limit
            ) r
            ORDER BY r.created_at, r.run_id
            """;

    // As for fairness, a channel that workspaces share has the runs of all of them.
    private static string Counted(StatisticsScope scope) =>
        scope.ChannelId is null
            ? "r.workspace_id = @WorkspaceId AND r.status <> 'cancelled'"
            : "r.channel_id = @ChannelId AND r.status <> 'cancelled'";
}
