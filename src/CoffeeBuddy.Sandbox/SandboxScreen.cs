using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Sandbox;

/// <summary>The texts in the terminal.</summary>
internal sealed class SandboxScreen(TextWriter output)
{
    private readonly Lock _gate = new();

    public void Starting() => Write($"Starting everything CoffeeBuddy needs on this machine.{Environment.NewLine}");

    public void Connecting(RealWorkspace workspace) =>
        Write(
            $"The tokens are valid for the workspace {workspace.Name} ({workspace.Id}), with every scope.{Environment.NewLine}"
        );

    public void Seen(string command) => Write($"{Environment.NewLine}The first /coffee: {command}");

    public void Ready(PartReady part) =>
        Write(
            $"  {part.Part, -16} {part.Address, -32} {part.Took.TotalMilliseconds, 6:0} ms   {part.Remark}".TrimEnd()
        );

    public void Remark(string remark) => Write($"  {remark}");

    public void Addresses(SandboxHost sandbox, SandboxOptions options)
    {
        Write($"{Environment.NewLine}Addresses");
        if (options.RealSlack is { } workspace)
        {
            Line("Slack workspace", $"{workspace.Name}   type /coffee in a channel, after /invite @{workspace.Bot}");
        }
        else
        {
            Line(
                "Slack workspace",
                $"{sandbox.Slack.BaseAddress}   open it in a browser, select a person, type /coffee"
            );
            Line("Slack Web API", sandbox.Slack.ApiAddress);
        }

        if (sandbox.Workers.TryGetValue(WorkerRoles.Http, out var http))
        {
            var client = options.ApiClient;
            Line("REST API", new Uri(http.Address, "api/v1/"));
            Line(
                "REST API token",
                $"curl -s -u {client.Id}:{client.Secret} -d grant_type=client_credentials -d 'scope={string.Join(' ', client.Scopes)}' {sandbox.Oidc.TokenEndpoint}"
            );
        }

        foreach (var (role, worker) in sandbox.Workers.OrderBy(worker => worker.Key, StringComparer.Ordinal))
            Line($"metrics, {role}", new Uri(worker.ManagementAddress, "metrics"));
        if (options.Database is null)
        {
            Line("database", $"host=127.0.0.1 port={sandbox.Postgres.Port} dbname=coffeebuddy user=coffeebuddy");
            Line("db password file", sandbox.Postgres.PasswordFile);
        }

        if (options.Postgres.DataFolder is { } kept)
            Line("data, kept", kept);
        Line("Kafka", sandbox.KafkaServers);
        Line("logs", options.LogFolder);
        Write($"{Environment.NewLine}Ctrl-C stops everything.");
    }

    public void Stopping() => Write($"{Environment.NewLine}Stopping.");

    public void Failed(string message) =>
        Write($"{Environment.NewLine}{message}{Environment.NewLine}{Environment.NewLine}All other parts were stopped.");

    private void Line(string label, object? value) => Write($"  {label, -16} {value}");

    private void Write(string text)
    {
        // Parts become ready on several threads.
        lock (_gate)
            output.WriteLine(text);
    }
}
