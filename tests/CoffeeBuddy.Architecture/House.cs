using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace CoffeeBuddy.Architecture;

/// <summary>The compiled product, loaded once for all rules, and the folder it was compiled from.</summary>
internal static class House
{
    public static readonly Assembly Core = typeof(Core.CoffeeOptions).Assembly;
    public static readonly Assembly Data = typeof(Data.Connections.Database).Assembly;
    public static readonly Assembly Slack = typeof(Slack.Api.SlackClient).Assembly;
    public static readonly Assembly Functions = typeof(Functions.Hosting.WorkerMetrics).Assembly;
    public static readonly Assembly Sandbox = typeof(Sandbox.Workers.WorkerRoles).Assembly;
    public static readonly Assembly OnPremFunctions = typeof(OnPremFunctions.RetryAfterException).Assembly;
    public static readonly Assembly MockKafka = typeof(MockKafka.MockKafkaCluster).Assembly;
    public static readonly Assembly KafkaExtension =
        typeof(Microsoft.Azure.Functions.Worker.KafkaTriggerAttribute).Assembly;
    public static readonly Assembly SlackSimulator = typeof(SlackSimulator.SimulatorServer).Assembly;

    public static readonly ArchUnitNET.Domain.Architecture Architecture = new ArchLoader()
        .LoadAssemblies(
            Core,
            Data,
            Slack,
            Functions,
            Sandbox,
            OnPremFunctions,
            SlackSimulator,
            MockKafka,
            KafkaExtension
        )
        .Build();

    public static string Repository { get; } =
        typeof(House)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "Repository")
            .Value!;

    /// <summary>The project files below a folder of the repository, one level down.</summary>
    public static IEnumerable<string> ProjectFiles(string folder) =>
        Directory
            .GetDirectories(Path.Combine(Repository, folder))
            .SelectMany(project => Directory.GetFiles(project, "*.csproj"));

    /// <summary>The source files of a project, without what the build puts below it.</summary>
    public static IEnumerable<string> Sources(string project, params string[] endings)
    {
        var folder = Path.Combine(Repository, "src", project);
        return Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path =>
                endings.Contains(Path.GetExtension(path), StringComparer.Ordinal)
                && Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj")
            );
    }
}
