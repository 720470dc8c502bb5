using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data.Statistics;
using CsCheck;

namespace CoffeeBuddy.Data.Tests;

/// <summary>The clock stands on Monday, 2 March 2026, 09:00 UTC.</summary>
public sealed class StatisticsTests(PostgresServer server) : DatabaseTest(server)
{
    private StatisticsStore Statistics => new(Database, Time, Microsoft.Extensions.Options.Options.Create(Options));

    [Fact]
    public async Task The_numbers_of_a_channel_are_those_counted_by_hand()
    {
        // This week: one run. Last week: two, one of which had its runner in time. Eleven weeks ago: one. Earlier: one.
        await StoreAsync("C1", days: 0, runner: "U1", seconds: 60, orders: ["U1 Latte", "U2 latte", "U3 Tea"]);
        await StoreAsync("C1", days: 5, runner: "U1", seconds: 300, orders: ["U1 Latte", "U2 Espresso"]);
        await StoreAsync("C1", days: 6, runner: "U2", seconds: 540, orders: ["U2 Tea", "U3 Tea"]);
        await StoreAsync("C1", days: 77, runner: "U4", seconds: 120, orders: ["U3 Mocha"]);
        await StoreAsync("C1", days: 78, runner: "U5", seconds: 5000, orders: ["U5 Water"]);
        // What does not count.
        await StoreAsync("C1", days: 1, runner: "U6", seconds: 9000, orders: ["U6 Water"], status: "cancelled");
        await StoreAsync("C2", days: 1, runner: "U7", seconds: 9000, orders: ["U7 Water"]);

        var counted = await StatisticsOfAsync("C1");

        Assert.Equal(RunStatistics.WeekCount, counted.Weeks.Count);
        Assert.Equal([(new DateOnly(2025, 12, 15), 1), (new(2026, 2, 23), 2), (new(2026, 3, 2), 1)], WeeksOf(counted));
        Assert.Equal(TimeSpan.FromSeconds(420), counted.Weeks[^2].MedianTime);
        // The week of the first run, nine weeks without one, and last week.
        Assert.Equal(3.0 / 11, counted.WeeklyActiveRuns);
        // 60, 120, 300 and 540 s: in the middle of 120 and 300, and at 2.85 of 3 steps.
        Assert.Equal((4, 3), (counted.Times.Runs, counted.Times.InTime));
        Assert.Equal(TimeSpan.FromSeconds(210), counted.Times.Median);
        Assert.Equal(TimeSpan.FromSeconds(504), counted.Times.Percentile95);
        // In 30 days U1 made 2 runs, U2 1, U3 none: the mean is 1, the variance 2/3.
        Assert.Equal((3, 3), (counted.Fairness.People, counted.Fairness.RunsMade));
        Assert.Equal(Math.Sqrt(2.0 / 3), counted.Fairness.Score!.Value, precision: 12);
        Assert.Equal(3, counted.ActivePeople);
        Assert.Equal([new("Latte", 3), new("Tea", 3), new("Espresso", 1), new("Mocha", 1)], counted.Drinks);
        Assert.Null(counted.NeverRunners);
    }

    [Fact]
    public async Task The_numbers_of_a_workspace_are_those_of_all_its_channels()
    {
        await StoreAsync("C1", days: 0, runner: "U1", seconds: 60, orders: ["U1 Tea"]);
        await StoreAsync("C2", days: 0, runner: "U1", seconds: 60, orders: ["U1 Tea"]);
        await StoreAsync("C3", days: 0, runner: "U1", seconds: 60, orders: ["U1 Tea"], workspace: "T2");

        var counted = await StatisticsOfAsync(channel: null);

        Assert.Equal(2, counted.Weeks[^1].Runs);
        Assert.Equal((1, 2), (counted.Fairness.People, counted.Fairness.RunsMade));
        Assert.Equal([new("Tea", 2)], counted.Drinks);
    }

    [Fact]
    public async Task A_channel_without_runs_has_numbers_too()
    {
        var counted = await StatisticsOfAsync("C1");

        Assert.All(counted.Weeks, week => Assert.Equal((0, null), (week.Runs, week.MedianTime)));
        Assert.Null(counted.WeeklyActiveRuns);
        Assert.Equal(new(0, 0, null, null), counted.Times);
        Assert.Equal(new(0, 0, null), counted.Fairness);
        Assert.Empty(counted.Drinks);
        Assert.Null(counted.Survey.UserSatisfaction);
    }

    [Fact]
    public async Task Who_takes_part_in_three_runs_and_goes_for_none_in_any_channel_is_listed()
    {
        for (var day = 0; day < 3; day++)
            await StoreAsync("C1", day, runner: "U1", 60, ["U1 Tea", "U2 Tea", "U3 Tea", "U4 Tea", "deleted-1 Tea"]);
        await StoreAsync("C1", days: 4, runner: "U1", 60, ["U2 Tea"]);
        await StoreAsync("C1", days: 5, runner: "U1", 60, ["U5 Tea"]);
        // Goes in another channel.
        await StoreAsync("C2", days: 1, runner: "U3", 60, []);
        // Was to go for a run that was cancelled.
        await StoreAsync("C2", days: 1, runner: "U4", 60, [], status: "cancelled");

        var counted = await Statistics.CountAsync(new("T1", "C1"), withNames: true, Cancellation);

        Assert.Equal([new("U2", 4), new("U4", 3)], counted.NeverRunners);
    }

    [Fact]
    public async Task The_wait_ends_with_the_first_runner_whoever_takes_the_run_over()
    {
        var run = await AssignedAsync("C1", "U1", "U2", "U3");
        Time.Advance(TimeSpan.FromHours(1));
        await Runs.StepBackAsync(run.RunId, run.RunnerUserId!, reason: null, traceParent: null, Cancellation);

        var counted = await StatisticsOfAsync("C1");
        var record = Assert.Single(await Statistics.ListAsync(new("T1", "C1"), 10, Cancellation));

        Assert.Equal(Options.OrderWindow, counted.Times.Median);
        Assert.Equal(Options.OrderWindow, record.Time);
        Assert.Equal(run.AssignedAt, record.AssignedAt);
    }

    [Fact]
    public async Task The_runs_behind_the_numbers_are_listed_the_oldest_first_and_at_most_the_latest()
    {
        await StoreAsync("C1", days: 8, runner: "U1", seconds: 60, orders: ["U1 Tea", "U2 Tea"]);
        await StoreAsync("C1", days: 1, runner: "U2", seconds: 90, orders: ["U1 Tea"]);
        await StoreAsync("C1", days: 0, runner: null, seconds: null, orders: [], status: "active");
        await StoreAsync("C1", days: 1, runner: "U2", seconds: 90, orders: ["U1 Tea"], status: "cancelled");

        var all = await Statistics.ListAsync(new("T1", "C1"), 10, Cancellation);
        var latest = await Statistics.ListAsync(new("T1", ChannelId: null), 1, Cancellation);

        Assert.Equal(
            [("U1", 2, (double?)60), ("U2", 1, 90), (null, 0, null)],
            all.Select(run => (run.RunnerUserId, run.Orders, run.Time?.TotalSeconds))
        );
        Assert.Equal(new DateOnly(2026, 2, 16), all[0].Monday);
        Assert.Equal(all[2].RunId, Assert.Single(latest).RunId);
    }

    [Fact]
    public Task Median_percentile_and_standard_deviation_are_those_of_a_simple_reference()
    {
        var channel = 0;
        return Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1200])
            .List[1, 12]
            .SampleAsync(
                async runs =>
                {
                    var name = $"C{Interlocked.Increment(ref channel)}";
                    foreach (var (runner, seconds) in runs)
                        await StoreAsync(name, days: 1, $"U{runner}", seconds, ["U0 Tea", "U9 Tea"]);

                    var counted = await StatisticsOfAsync(name);

                    var times = runs.Select(run => (double)run.Item2).Order().ToList();
                    Assert.Equal(At(times, 0.5), counted.Times.Median!.Value.TotalSeconds, precision: 3);
                    Assert.Equal(At(times, 0.95), counted.Times.Percentile95!.Value.TotalSeconds, precision: 3);
                    Assert.Equal(times.Count(time => time <= 300), counted.Times.InTime);
                    string[] people = ["U0", "U9", .. runs.Select(run => $"U{run.Item1}")];
                    var made = people.Distinct().Select(user => runs.Count(run => $"U{run.Item1}" == user)).ToList();
                    var mean = made.Average();
                    var variance = made.Average(number => (number - mean) * (number - mean));
                    Assert.Equal(Math.Sqrt(variance), counted.Fairness.Score!.Value, precision: 9);
                },
                iter: 20,
                threads: 1
            );

        // Between the two nearest values, in proportion.
        static double At(List<double> sorted, double part)
        {
            var at = part * (sorted.Count - 1);
            var below = (int)at;
            return below + 1 < sorted.Count
                ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below])
                : sorted[below];
        }
    }

    [Fact]
    public async Task Only_who_ordered_answers_after_the_run_once_and_may_change_the_answer()
    {
        var surveys = new SurveyStore(Database);
        var run = await AssignedAsync("C1", "U1", "U2", "U3", "U4", "U5");
        Task<bool> AnswerAsync(string user, SurveyAnswer answer, int minute = 0) =>
            surveys.AnswerAsync(run.RunId, user, answer, Now.AddMinutes(minute), Cancellation);

        Assert.False(await AnswerAsync("U1", SurveyAnswer.Satisfied));
        await Runs.CompleteAsync(run.RunId, run.RunnerUserId!, null, Cancellation);
        Assert.False(await AnswerAsync("U9", SurveyAnswer.Satisfied));
        Assert.True(await AnswerAsync("U1", SurveyAnswer.SoSo, minute: 1));
        // Two clicks that arrive in the wrong order, and one twice.
        Assert.True(await AnswerAsync("U1", SurveyAnswer.Satisfied, minute: 3));
        Assert.True(await AnswerAsync("U1", SurveyAnswer.Dissatisfied, minute: 2));
        Assert.True(await AnswerAsync("U1", SurveyAnswer.Satisfied, minute: 3));
        foreach (var user in (string[])["U2", "U3"])
            await AnswerAsync(user, SurveyAnswer.Satisfied);
        await AnswerAsync("U4", SurveyAnswer.SoSo);
        Assert.Null((await StatisticsOfAsync("C1")).Survey.UserSatisfaction);
        await AnswerAsync("U5", SurveyAnswer.Dissatisfied);

        var survey = (await StatisticsOfAsync("C1")).Survey;

        Assert.Equal(new(3, 1, 1), survey);
        Assert.Equal(0.6, survey.UserSatisfaction);
    }

    [Fact]
    public async Task Answers_are_deleted_after_ninety_days_and_with_the_person()
    {
        var surveys = new SurveyStore(Database);
        var run = await AssignedAsync("C1", "U1", "U2");
        await Runs.CompleteAsync(run.RunId, run.RunnerUserId!, null, Cancellation);
        await surveys.AnswerAsync(run.RunId, "U1", SurveyAnswer.SoSo, Now, Cancellation);
        await surveys.AnswerAsync(run.RunId, "U2", SurveyAnswer.SoSo, Now.AddDays(1), Cancellation);

        Time.Advance(TimeSpan.FromDays(90.5));
        await Sweeps.DeleteExpiredAsync(Cancellation);
        Assert.Equal(["U2"], await QueryAsync<string>("SELECT user_id FROM survey_answers"));

        await ExecuteAsync("SELECT delete_person('U2', 'deleted-0123456789abcdef', 'tests')");
        Assert.Equal(0, await CountAsync("survey_answers"));
    }

    private Task<RunStatistics> StatisticsOfAsync(string? channel) =>
        Statistics.CountAsync(new("T1", channel), withNames: false, Cancellation);

    private static IEnumerable<(DateOnly, int)> WeeksOf(RunStatistics counted) =>
        counted.Weeks.Where(week => week.Runs > 0).Select(week => (week.Monday, week.Runs));

    /// <param name="orders">Each a user id and a drink.</param>
    private async Task StoreAsync(
        string channel,
        int days,
        string? runner,
        int? seconds,
        string[] orders,
        string status = "completed",
        string workspace = "T1"
    )
    {
        var at = Now.AddDays(-days);
        await ExecuteAsync(
            """
            INSERT INTO users (user_id, created_at, updated_at)
            SELECT DISTINCT id, @at, @at FROM unnest(@users || ARRAY['U0', coalesce(@runner, 'U0')]) id ON CONFLICT DO NOTHING;
            WITH run AS (
                INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, changed_at,
                    first_order_at, deadline_at, assigned_at, completed_at, cancelled_at)
                SELECT gen_random_uuid(), @workspace, @channel, 'U0', @runner, @status::run_status, @at, @at,
                    CASE WHEN @seconds IS NOT NULL THEN @at END, CASE WHEN @seconds IS NOT NULL THEN @at END,
                    CASE WHEN @runner IS NOT NULL THEN @at + make_interval(secs => @seconds) END,
                    CASE WHEN @status = 'completed' THEN @at END, CASE WHEN @status = 'cancelled' THEN @at END
                RETURNING run_id)
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT gen_random_uuid(), run.run_id, o.id, o.drink, 'Small', '[]', @at FROM run, unnest(@users, @drinks) AS o (id, drink)
            """,
            new
            {
                workspace,
                channel,
                runner,
                seconds,
                status,
                at,
                users = orders.Select(order => order.Split(' ')[0]).ToArray(),
                drinks = orders.Select(order => order.Split(' ')[1]).ToArray(),
            }
        );
    }
}
