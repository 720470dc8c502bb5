using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Core.Statistics;

/// <summary>A run behind the statistics.</summary>
/// <param name="Orders">Those for guests too.</param>
/// <param name="AssignedAt">When its first runner was chosen or volunteered; null: nobody goes.</param>
/// <param name="Time">From the first order to the first runner.</param>
public sealed record RunRecord(
    DateOnly Monday,
    Guid RunId,
    string ChannelId,
    string InitiatorUserId,
    string? RunnerUserId,
    RunStatus Status,
    int Orders,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FirstOrderAt,
    DateTimeOffset? AssignedAt,
    TimeSpan? Time,
    DateTimeOffset? CompletedAt
);
