using System.Text;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class StatisticsTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly RunRecord Run = new(
        new(2026, 3, 2),
        Guid.Empty,
        "C1",
        "U1",
        "U2",
        RunStatus.Completed,
        Orders: 3,
        Monday.AddHours(9),
        Monday.AddHours(9).AddMinutes(1),
        Monday.AddHours(9).AddMinutes(3),
        TimeSpan.FromSeconds(120),
        Monday.AddHours(10)
    );

    [Theory]
    [InlineData(0)]
    [InlineData(6.99)]
    public void Twelve_weeks_end_with_the_present_one(double days) =>
        Assert.Equal(new DateOnly(2025, 12, 15), RunStatistics.FirstMonday(Monday.AddDays(days)));

    [Fact]
    public void A_week_begins_on_Monday_in_UTC()
    {
        Assert.Equal(new DateOnly(2025, 12, 8), RunStatistics.FirstMonday(Monday.AddSeconds(-1)));
        var early = new DateTimeOffset(2026, 3, 2, 1, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal(new DateOnly(2025, 12, 8), RunStatistics.FirstMonday(early));
    }

    [Theory]
    [InlineData(null, 0, 0, 0, 4)]
    [InlineData(4.0, 0, 0, 4, 9)]
    [InlineData(2.0, 0, 4, 0, 0)]
    [InlineData(3.0, 3, 3, 3, 0)]
    public void An_average_week_is_counted_from_the_first_run_to_the_last_complete_week(
        double? average,
        params int[] runs
    ) => Assert.Equal(average, Of(runs).WeeklyActiveRuns);

    [Fact]
    public void A_run_is_a_line_of_CSV_with_times_in_UTC()
    {
        var run = Run with { CreatedAt = Run.CreatedAt.ToOffset(TimeSpan.FromHours(5)) };

        var text = Encoding.UTF8.GetString(StatisticsCsv.Write([run]));

        Assert.Equal(
            "week,run_id,channel_id,initiator_user_id,runner_user_id,status,orders,created_at,first_order_at,assigned_at,seconds_to_assignment,completed_at\r\n"
                + "2026-03-02,00000000-0000-0000-0000-000000000000,C1,U1,U2,completed,3,2026-03-02T09:00:00Z,2026-03-02T09:01:00Z,2026-03-02T09:03:00Z,120,2026-03-02T10:00:00Z\r\n",
            text
        );
    }

    [Fact]
    public void What_a_run_does_not_have_is_empty()
    {
        var run = Run with
        {
            RunnerUserId = null,
            FirstOrderAt = null,
            AssignedAt = null,
            Time = null,
            CompletedAt = null,
        };

        var text = Encoding.UTF8.GetString(StatisticsCsv.Write([run]));

        Assert.EndsWith(",C1,U1,,completed,3,2026-03-02T09:00:00Z,,,,\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latte", "latte")]
    [InlineData(null, "")]
    [InlineData("large, hot", "\"large, hot\"")]
    [InlineData("\"hot\"", "\"\"\"hot\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("  =1+1", "'  =1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"")]
    public void A_field_is_quoted_and_is_no_formula(string? text, string field) =>
        Assert.Equal(field, StatisticsCsv.Field(text));

    [Fact]
    public void Any_text_is_read_back_as_it_was_but_for_the_apostrophe() =>
        Gen.Char["=+-@,\"\r\n\tab "]
            .Array[0, 8]
            .Sample(characters =>
            {
                var text = new string(characters);
                var field = StatisticsCsv.Field(text);
                var read = field.StartsWith('"') ? field[1..^1].Replace("\"\"", "\"") : field;
                Assert.True(read == text || read == $"'{text}", field);
                Assert.False(read.TrimStart() is ['=' or '+' or '-' or '@', ..], field);
            });

    private static RunStatistics Of(int[] weeks) =>
        new()
        {
            Weeks = [.. weeks.Select(runs => new WeekNumbers(default, runs, MedianTime: null))],
            Times = new(0, 0, null, null),
            Fairness = new(0, 0, null),
            ActivePeople = 0,
            Drinks = [],
            Survey = new(0, 0, 0),
        };
}
