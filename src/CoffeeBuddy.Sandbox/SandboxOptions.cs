using System.Reflection;
using CoffeeBuddy.Sandbox.Parts;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox;

/// <summary>What the sandbox shall start. The defaults suit a test; <see cref="SandboxCommand"/> adds what suits a person.</summary>
public sealed record SandboxOptions
{
    /// <summary>The topics and their partitions; 12, because each keeps 5 MiB only.</summary>
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

    /// <summary>The worker's assembly, built together with this one.</summary>
    public string Worker { get; init; } =
        typeof(SandboxOptions)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "WorkerPath")
            .Value!;

    /// <summary>The roles to start a worker for.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [WorkerRoles.Http, WorkerRoles.Kafka, WorkerRoles.Timer];

    /// <summary>Settings for every worker, over the sandbox's own, as environment variables (<c>Section__Key</c>).</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The workspace; its app is told the worker's addresses.</summary>
    public SimulatorOptions Slack { get; init; } =
        new()
        {
            App = SlackApp.FromManifest(),
            // In the last one the app is not, so that its way in can be tried.
            Channels = [new("general"), new(PageDemo.Channel), new("random", HasBot: false)],
            Demo = PageDemo.Script,
        };

    /// <summary>A program that calls the internal REST API.</summary>
    public OidcClient ApiClient { get; init; } =
        new("reports", "sandbox-reports-secret", "coffee.service", "coffee.admin");

    public EmbeddedPostgresOptions Postgres { get; init; } = new();

    /// <summary>How many Kafka brokers.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>The TCP port of the worker that Slack talks to; 0 takes a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>Gets a file per process with all it writes; null keeps the last lines in memory only.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Hears of each part once it is ready.</summary>
    public Action<PartReady>? OnReady { get; init; }
}

/// <summary>A part of the sandbox has started.</summary>
/// <param name="Took">Since this part's own start.</param>
public sealed record PartReady(string Part, string Address, TimeSpan Took, string Remark = "");
