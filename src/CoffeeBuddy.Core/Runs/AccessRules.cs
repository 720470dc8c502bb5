namespace CoffeeBuddy.Core.Runs;

/// <summary>What somebody asks for.</summary>
public enum Operation
{
    /// <summary>Open a run in a channel, or join the one that is active there.</summary>
    OpenRun,

    /// <summary>See the last runs of a channel.</summary>
    SeeHistory,

    /// <summary>See a run and one's own order in it.</summary>
    SeeRun,

    /// <summary>See what everybody ordered in a run.</summary>
    SeeAllOrders,

    /// <summary>List the runs of all channels, not only those one takes part in.</summary>
    ListAllRuns,

    /// <summary>Order in a run, or change one's order.</summary>
    PlaceOrder,

    /// <summary>Withdraw one's order.</summary>
    WithdrawOrder,
    CompleteRun,
    CancelRun,

    /// <summary>Cancel a planned run. To plan one is <see cref="OpenRun"/>, then and when it is due.</summary>
    CancelPlannedRun,

    /// <summary>Extend or end the time for orders.</summary>
    ChangeDeadline,

    /// <summary>Go for a run that has no runner.</summary>
    Volunteer,

    /// <summary>Say that one cannot go.</summary>
    StepBack,

    /// <summary>Ask somebody to go in one's place; the initiator, while nobody goes.</summary>
    AskToGo,

    /// <summary>Say yes or no to the request to go.</summary>
    AnswerRequest,

    /// <summary>Say that the runner leaves now, which closes the orders, or is back.</summary>
    ReportProgress,

    /// <summary>Say that one has taken one's drinks from the runner.</summary>
    CollectOrder,

    /// <summary>Postpone one's next reminder.</summary>
    SnoozeReminder,

    /// <summary>See and change the menus of the workspace and of channels.</summary>
    ChangeMenu,

    /// <summary>See the last drinks of a person.</summary>
    SeePreferences,

    /// <summary>See the statistics of a channel, without names, as text and as a chart.</summary>
    SeeStatistics,

    /// <summary>See the statistics of the workspace, and who orders but never goes.</summary>
    SeeAllStatistics,

    /// <summary>Get the runs behind the statistics, with the ids of the people.</summary>
    ExportStatistics,

    /// <summary>Answer the question after a run.</summary>
    AnswerSurvey,
}

/// <summary>What somebody is to the run, the channel or the person that an operation is about.</summary>
[Flags]
public enum Relations
{
    None = 0,
    Initiator = 1,
    Runner = 2,

    /// <summary>Has an order in the run.</summary>
    Orderer = 4,

    /// <summary>Is a member of the run's channel.</summary>
    Member = 8,

    /// <summary>Is the person that the operation is about.</summary>
    Self = 16,
    Admin = 32,

    /// <summary>Is a service, whoever it acts for.</summary>
    Service = 64,
}

/// <summary>Who may do what: the table of docs/security.md. What is not listed is refused.</summary>
public static class AccessRules
{
    /// <summary>One of the relations is enough.</summary>
    private static Relations Allowed(Operation operation) =>
        operation switch
        {
            Operation.OpenRun or Operation.SeeHistory or Operation.PlaceOrder or Operation.Volunteer =>
                Relations.Member,
            Operation.SeeRun => Relations.Initiator
                | Relations.Runner
                | Relations.Orderer
                | Relations.Member
                | Relations.Admin
                | Relations.Service,
            Operation.SeeAllOrders => Relations.Runner | Relations.Admin | Relations.Service,
            Operation.ChangeMenu => Relations.Admin,
            Operation.ListAllRuns => Relations.Admin | Relations.Service,
            Operation.WithdrawOrder or Operation.AnswerRequest => Relations.Self,
            // Nobody else knows of it.
            Operation.CancelPlannedRun => Relations.Initiator,
            Operation.ChangeDeadline => Relations.Initiator | Relations.Admin,
            Operation.StepBack or Operation.SnoozeReminder => Relations.Runner,
            Operation.ReportProgress => Relations.Runner | Relations.Admin,
            Operation.CollectOrder => Relations.Orderer,
            Operation.AskToGo => Relations.Runner | Relations.Initiator,
            // The initiator too, because a runner who cannot be reached cannot end the run.
            Operation.CompleteRun or Operation.CancelRun => Relations.Initiator | Relations.Runner | Relations.Admin,
            Operation.SeeStatistics => Relations.Member | Relations.Admin,
            Operation.SeeAllStatistics or Operation.ExportStatistics => Relations.Admin,
            Operation.AnswerSurvey => Relations.Orderer,
            Operation.SeePreferences => Relations.Self | Relations.Admin | Relations.Service,
            _ => Relations.None,
        };

    public static bool Allows(Operation operation, Relations relations) =>
        (Allowed(operation) & relations) != Relations.None;
}
