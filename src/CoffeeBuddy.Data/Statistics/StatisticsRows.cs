using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;

namespace CoffeeBuddy.Data.Statistics;

public sealed partial class StatisticsStore
{
    private static TimeSpan? Span(double? seconds) =>
        seconds is { } known ? TimeSpan.FromMilliseconds(Math.Round(known * 1000)) : null;

    private sealed class WeekRow
    {
        public DateTime Monday { get; set; }
        public int Runs { get; set; }
        public double? Median { get; set; }

        public WeekNumbers ToWeek() => new(DateOnly.FromDateTime(Monday), Runs, Span(Median));
    }

    private sealed class TimesRow
    {
        public int Runs { get; set; }
        public int InTime { get; set; }
        public double? Median { get; set; }
        public double? Percentile95 { get; set; }

        public ConfirmationTimes ToTimes() => new(Runs, InTime, Span(Median), Span(Percentile95));
    }

    private sealed class FairnessRow
    {
        public int People { get; set; }
        public int RunsMade { get; set; }
        public double? Score { get; set; }
    }

    private sealed class DrinkRow
    {
        public string DrinkType { get; set; } = "";
        public int Orders { get; set; }
    }

    private sealed class AnswerRow
    {
        public string Answer { get; set; } = "";
        public int Answers { get; set; }
    }

    private sealed class NeverRunnerRow
    {
        public string UserId { get; set; } = "";
        public int RunsTakenPart { get; set; }
    }

    private sealed class RecordRow
    {
        public DateTime Monday { get; set; }
        public Guid RunId { get; set; }
        public string ChannelId { get; set; } = "";
        public string InitiatorUserId { get; set; } = "";
        public string? RunnerUserId { get; set; }
        public string Status { get; set; } = "";
        public int Orders { get; set; }
        public DateTimeOffset CreatedAt { get; set; }
        public DateTimeOffset? FirstOrderAt { get; set; }
        public DateTimeOffset? AssignedAt { get; set; }
        public double? Seconds { get; set; }
        public DateTimeOffset? CompletedAt { get; set; }

        public RunRecord ToRecord() =>
            new(
                DateOnly.FromDateTime(Monday),
                RunId,
                ChannelId,
                InitiatorUserId,
                RunnerUserId,
                Enum.Parse<RunStatus>(Status, ignoreCase: true),
                Orders,
                CreatedAt,
                FirstOrderAt,
                AssignedAt,
                Span(Seconds),
                CompletedAt
            );
    }
}
