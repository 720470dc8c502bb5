using System.Reflection;
using CoffeeBuddy.Sandbox.Demo;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Sandbox.Workers;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox;

/// <summary>
/// What the sandbox starts. The defaults are for tests; <see cref="SandboxCommand"/> sets fixed ports, a log folder and
/// console output.
/// </summary>
public sealed record SandboxOptions
{
    /// <summary>
    /// The topics with their partition counts. The mock cluster keeps only 5 MiB per partition, so each topic has 12.
    /// </summary>
    public static IReadOnlyList<(string Topic, int Partitions)> Topics { get; } =
    [
        .. new[]
        {
            "slack.events",
            "coffee.orders",
            "coffee.assignments",
            "coffee.completions",
            "coffee.deadletter",
        }.Select(topic => (topic, 12)),
    ];

    /// <summary>
    /// The secret that the workers sign records with. Always the same, as a kept database has records of an earlier
    /// sandbox.
    /// </summary>
    public const string RecordKey = "sandbox-record-key-of-no-other-installation";

    /// <summary>The worker's consumer groups with the topic that each reads.</summary>
    public static IReadOnlyList<(string Topic, string Group)> ConsumerGroups { get; } =
    [
        ("coffee.orders", "coffeebuddy-orders"),
        ("coffee.assignments", "coffeebuddy-assignments"),
        ("coffee.completions", "coffeebuddy-completions"),
        ("slack.events", "coffeebuddy-slack"),
    ];

    /// <summary>Path of the worker's assembly, which is built together with this one.</summary>
    public string Worker { get; init; } =
        typeof(SandboxOptions)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "WorkerPath")
            .Value!;

    /// <summary>The roles to start one worker each for, see <see cref="WorkerRoles"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    /// <summary>The functions of each role. A <see cref="Worker"/> of another version may not have all of
    /// them.</summary>
    public IReadOnlyDictionary<string, string[]> Functions { get; init; } = WorkerRoles.Functions;

    /// <summary>
    /// Environment variables (<c>Section__Key</c>) of every worker. They replace those the sandbox sets itself.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The workspace. The sandbox sets the URLs of its app to the http worker.</summary>
    public SimulatorOptions Slack { get; init; } =
        new()
        {
            App = SlackApp.FromManifest(),
            // The app is not in the last channel, so that inviting it can be tried.
            Channels = [new("general"), new(PageDemo.Channel), new("random", HasBot: false)],
            Demo = PageDemo.Script,
        };

    /// <summary>
    /// A workspace of Slack itself, to which the workers connect with Socket Mode. Null starts a simulated one.
    /// </summary>
    public RealWorkspace? RealSlack { get; init; }

    /// <summary>A client of the OIDC issuer that may call the internal REST API.</summary>
    public OidcClient ApiClient { get; init; } =
        new("reports", "sandbox-reports-secret", "coffee.service", "coffee.admin");

    public EmbeddedPostgresOptions Postgres { get; init; } = new();

    /// <summary>Connection string of a database to use. Null starts a server for this sandbox.</summary>
    public string? Database { get; init; }

    /// <summary>
    /// <c>host:port</c> of a Kafka cluster to use, several separated by commas. It must be for tests alone: unless the
    /// database is kept too, the records of the topics are deleted. Null starts a cluster in this process.
    /// </summary>
    public string? KafkaServers { get; init; }

    /// <summary>Whether the database can have rows of an earlier sandbox.</summary>
    internal bool IsKept => Database is not null || Postgres.DataFolder is not null;

    /// <summary>Number of brokers of the cluster in this process.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>TCP port of the http worker, which Slack calls; 0 selects a free port.</summary>
    public int HttpPort { get; init; }

    /// <summary>Folder for one log file per process; null keeps only the last lines of each, in memory.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Called for each part when it is ready, from several threads.</summary>
    public Action<PartReady>? OnReady { get; init; }
}
