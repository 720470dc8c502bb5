namespace CoffeeBuddy.Sandbox.Workers;

/// <summary>The functions of each deployment. The Helm chart has the same lists.</summary>
public static class WorkerRoles
{
    public const string Http = "http";
    public const string Kafka = "kafka";
    public const string Timer = "timer";

    public static IReadOnlyDictionary<string, string[]> Functions { get; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            [Http] =
            [
                "SlackCommands",
                "SlackInteractions",
                "SlackEvents",
                "CreateRun",
                "ListRuns",
                "GetRun",
                "AddOrder",
                "CompleteRun",
                "CancelRun",
                "GetPreferences",
                "ExportAudit",
                "OpenApiDocument",
            ],
            [Kafka] = ["ProcessOrders", "ProcessAssignments", "ProcessCompletions", "ProcessSlackEvents"],
            [Timer] =
            [
                "AssignDueRuns",
                "QueueReminders",
                "CancelEmptyRuns",
                "CompleteForgottenRuns",
                "StartPlannedRuns",
                "PublishOutbox",
                "ReconcileRuns",
                "EmailRunners",
                "ApplyRetention",
            ],
        };

    /// <summary>The environment variables that select functions.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Selection(IEnumerable<string> functions) =>
        functions.Select(
            (function, index) => KeyValuePair.Create($"AzureFunctionsJobHost__functions__{index}", (string?)function)
        );
}
