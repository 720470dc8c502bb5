namespace CoffeeBuddy.Sandbox;

/// <summary>What a person sees in the terminal.</summary>
internal sealed class SandboxScreen(TextWriter output)
{
    private readonly Lock _gate = new();

    public void Welcome() => Write($"Starting everything CoffeeBuddy needs on this machine.{Environment.NewLine}");

    public void Ready(PartReady part) =>
        Write(
            $"  {part.Part, -16} {part.Address, -32} {part.Took.TotalMilliseconds, 6:0} ms   {part.Remark}".TrimEnd()
        );

    public void Remark(string remark) => Write($"  {remark}");

    public void WhereToLook(SandboxHost sandbox, SandboxOptions options)
    {
        Write($"{Environment.NewLine}Where to look");
        Place("Slack workspace", $"{sandbox.Slack.BaseAddress}   open it in a browser, be anyone, and type /coffee");
        Place("its Web API", sandbox.Slack.ApiAddress);
        if (sandbox.Workers.TryGetValue(WorkerRoles.Http, out var http))
        {
            var client = options.ApiClient;
            Place("REST API", new Uri(http.Address, "api/v1/"));
            Place(
                "a token for it",
                $"curl -s -u {client.Id}:{client.Secret} -d grant_type=client_credentials -d 'scope={string.Join(' ', client.Scopes)}' {sandbox.Oidc.TokenEndpoint}"
            );
        }

        foreach (var (role, worker) in sandbox.Workers.OrderBy(worker => worker.Key, StringComparer.Ordinal))
            Place($"metrics, {role}", new Uri(worker.Address, "metrics"));
        Place("database", $"host=127.0.0.1 port={sandbox.Postgres.Port} dbname=coffeebuddy user=coffeebuddy");
        Place("its password", sandbox.Postgres.PasswordFile);
        Place("Kafka", sandbox.Kafka.BootstrapServers);
        Place("logs", options.LogFolder);
        Write($"{Environment.NewLine}Ctrl-C stops everything.");
    }

    public void Stopping() => Write($"{Environment.NewLine}Stopping.");

    public void Failed(string message) =>
        Write($"{Environment.NewLine}{message}{Environment.NewLine}{Environment.NewLine}Everything else was stopped.");

    private void Place(string what, object? where) => Write($"  {what, -16} {where}");

    private void Write(string text)
    {
        // Parts become ready at the same time.
        lock (_gate)
            output.WriteLine(text);
    }
}
