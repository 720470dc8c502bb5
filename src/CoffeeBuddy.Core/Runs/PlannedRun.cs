namespace CoffeeBuddy.Core.Runs;

/// <summary>What a message in Slack is about: a run, or a planned run.</summary>
public interface IRunReference
{
    Guid RunId { get; }
    string WorkspaceId { get; }
    string ChannelId { get; }
}

/// <summary>The state of a planned run; stored in lower case.</summary>
public enum PlannedRunStatus
{
    Planned,

    /// <summary>The run was opened.</summary>
    Started,

    /// <summary>By the person who planned it.</summary>
    Cancelled,

    /// <summary>The run was not opened when it was due: <see cref="PlannedRun.DropReason"/>.</summary>
    Dropped,
}

/// <summary>Why a planned run was not opened; stored in lower case with underscores.</summary>
public enum DropReason
{
    /// <summary>The channel had an active run.</summary>
    ActiveRun,

    /// <summary>The person had started as many active runs as one person may.</summary>
    TooManyRuns,

    /// <summary>The person was not a member of the channel, or the app could not see the channel.</summary>
    NotMember,

    /// <summary>The channel was archived.</summary>
    Archived,

    /// <summary>The workspace was not served any more.</summary>
    NotServed,

    /// <summary>It could not be opened within <see cref="PlannedRun.Lateness"/>.</summary>
    Late,
}

/// <summary>A run that is to be opened later, as it is stored. All times are UTC.</summary>
public sealed record PlannedRun : IRunReference
{
    /// <summary>
    /// How late a run is opened after an interruption of the service. People wait a few minutes for a coffee run; after
    /// ten they have gone by themselves, and an announcement would only disturb.
    /// </summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    /// <summary>The id that the run will have.</summary>
    public required Guid RunId { get; init; }
    public required string WorkspaceId { get; init; }

    /// <summary>The organisation of the workspace ("E…"); null: none.</summary>
    public string? EnterpriseId { get; init; }
    public required string ChannelId { get; init; }

    /// <summary>Null: Slack has not told it.</summary>
    public string? ChannelName { get; init; }

    /// <summary>The person who planned it.</summary>
    public required string InitiatorUserId { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public PlannedRunStatus Status { get; init; }

    /// <summary>Not null when it was dropped.</summary>
    public DropReason? DropReason { get; init; }
}
