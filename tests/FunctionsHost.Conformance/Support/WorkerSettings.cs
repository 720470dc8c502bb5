using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Workers;

namespace FunctionsHost.Conformance.Support;

/// <summary>The worker's configuration as environment variables, which Microsoft's host passes on to its workers.</summary>
internal static class WorkerSettings
{
    public static IReadOnlyDictionary<string, string?> For(SandboxHost sandbox, SandboxOptions options) =>
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__CoffeeBuddy"] = sandbox.ConnectionString,
            ["Kafka__BootstrapServers"] = sandbox.Kafka.BootstrapServers,
            ["Slack__SigningSecret"] = options.Slack.App.SigningSecret,
            ["Slack__BotToken"] = options.Slack.App.BotToken,
            ["Slack__ApiUrl"] = sandbox.Slack.ApiAddress.AbsoluteUri,
            // The simulator's rate limits are off.
            ["Slack__RateShare"] = "100",
            ["Oidc__Authority"] = sandbox.Oidc.Authority.AbsoluteUri,
            ["Oidc__Audience"] = sandbox.Oidc.Audience,
            ["Oidc__AllowHttp"] = "true",
            // A worker that is killed would leave its debugger's pipes in the temporary folder.
            ["DOTNET_EnableDiagnostics"] = "0",
        };
}
