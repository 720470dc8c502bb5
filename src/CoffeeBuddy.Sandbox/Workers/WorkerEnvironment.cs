using CoffeeBuddy.Sandbox.Oidc;

namespace CoffeeBuddy.Sandbox.Workers;

/// <summary>The configuration of the workers, as environment variables.</summary>
internal sealed class WorkerEnvironment(SandboxHost sandbox, SandboxOptions options, OidcClient introspection)
{
    /// <summary>The variables of all workers and of the migration.</summary>
    public IReadOnlyDictionary<string, string?> Shared { get; } =
        Merge(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["ConnectionStrings__CoffeeBuddy"] = sandbox.ConnectionString,
                ["Kafka__BootstrapServers"] = sandbox.KafkaServers,
                ["Kafka__RecordKey"] = SandboxOptions.RecordKey,
                ["Oidc__Authority"] = sandbox.Oidc.Authority.AbsoluteUri,
                ["Oidc__Audience"] = sandbox.Oidc.Audience,
                ["Oidc__AllowHttp"] = "true",
                ["Oidc__IntrospectionClientId"] = introspection.Id,
                ["Oidc__IntrospectionClientSecret"] = introspection.Secret,
                // The parts on this machine have no TLS.
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["Sweep__Schedule"] = "*/2 * * * * *",
                // The cluster in memory answers only at the end of this time, even when a record came earlier.
                ["AzureFunctionsJobHost__extensions__kafka__fetchWaitMaxMs"] = options.KafkaServers is null
                    ? "50"
                    : null,
                // Without diagnostics, a killed worker leaves no debugger pipes in the temporary folder.
                ["DOTNET_EnableDiagnostics"] = "0",
            },
            [.. SlackOf(sandbox, options), .. options.Settings]
        );

    public IReadOnlyDictionary<string, string?> For(string role) =>
        Merge(WorkerRoles.Selection(options.Functions[role]), Shared);

    private static Dictionary<string, string?> SlackOf(SandboxHost sandbox, SandboxOptions options) =>
        options.RealSlack is { } workspace
            ? new(StringComparer.Ordinal)
            {
                ["Slack__BotToken"] = workspace.Tokens.Bot,
                ["Slack__AppToken"] = workspace.Tokens.App,
                ["Slack__ApiUrl"] = workspace.Tokens.ApiUrl.AbsoluteUri,
                ["CoffeeBuddy__Workspaces__0"] = workspace.Id,
            }
            : new(StringComparer.Ordinal)
            {
                ["Slack__SigningSecret"] = options.Slack.App.SigningSecret,
                ["Slack__BotToken"] = options.Slack.App.BotToken,
                ["Slack__ApiUrl"] = sandbox.Slack.ApiAddress.AbsoluteUri,
                ["CoffeeBuddy__Workspaces__0"] = options.Slack.TeamId,
                ["CoffeeBuddy__Workspaces__1"] = options.Slack.Enterprise?.Id,
                // The workers use the clock of the workspace, which can be moved. Only workers in Development accept
                // it.
                ["Clock__Url"] = new Uri(sandbox.Slack.BaseAddress, "sim/clock").AbsoluteUri,
            };

    private static Dictionary<string, string?> Merge(
        IEnumerable<KeyValuePair<string, string?>> settings,
        IEnumerable<KeyValuePair<string, string?>> over
    )
    {
        var merged = new Dictionary<string, string?>(settings, StringComparer.Ordinal);
        foreach (var (key, value) in over)
            merged[key] = value;
        return merged;
    }
}
