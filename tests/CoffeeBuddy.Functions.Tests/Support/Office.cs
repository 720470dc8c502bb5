using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;
using SlackSimulator;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>A sandbox, and what tests do in it: call the API, post as Slack does, look at rows, records, metrics and log lines.</summary>
public abstract class Office(SandboxOptions options) : IAsyncLifetime
{
    private readonly string _logs = Directory.CreateTempSubdirectory("coffeebuddy-functions-tests-").FullName;

    protected SandboxOptions Options { get; set; } = options;

    public SandboxHost Sandbox { get; private set; } = null!;

    public WorkerProcess Worker => Sandbox.Workers[WorkerRoles.Http];

    public ApiClient Api { get; private set; } = null!;

    public SlackSender Slack { get; private set; } = null!;

    public Rows Rows { get; private set; } = null!;

    public Topics Topics => new(Sandbox.Kafka.BootstrapServers);

    /// <summary>A person's own token.</summary>
    public string Person(string userId, params string[] scopes) =>
        Sandbox.Oidc.IssueToken(
            new OidcToken($"sub-{userId}")
            {
                Scopes = scopes,
                Claims = new Dictionary<string, object> { ["slack_user_id"] = userId },
            }
        );

    /// <summary>The token of a program that acts on people's behalf.</summary>
    public string Service(params string[] moreScopes) =>
        Sandbox.Oidc.IssueToken(new OidcToken("reports") { Scopes = [Caller.ServiceScope, .. moreScopes] });

    public static string NewUser() => "U" + Guid.NewGuid().ToString("N")[..10].ToUpperInvariant();

    public static string NewChannel() => "C" + Guid.NewGuid().ToString("N")[..10].ToUpperInvariant();

    public string Channel(string name) => Sandbox.Slack.State.FindChannel(name)!.Id;

    public SlackPerson Act(string name) =>
        new(new HttpClient { BaseAddress = Sandbox.Slack.BaseAddress }, Sandbox.Slack.State.FindPerson(name)!.Id);

    public async Task<Exposition> MetricsAsync(string role = WorkerRoles.Http) =>
        Exposition.Parse(
            await Sandbox.Workers[role].Http.GetStringAsync("metrics", TestContext.Current.CancellationToken)
        );

    public WorkerLog Log(string role = WorkerRoles.Http) => new(Path.Combine(_logs, $"{role}.log"));

    /// <summary>The environment of a worker that a test starts by itself.</summary>
    public Dictionary<string, string?> Environment() =>
        new()
        {
            ["ConnectionStrings__CoffeeBuddy"] = Sandbox.ConnectionString,
            ["Kafka__BootstrapServers"] = Sandbox.Kafka.BootstrapServers,
            ["Slack__SigningSecret"] = SlackSender.Secret,
            ["Slack__BotToken"] = "xoxb-test",
            ["Slack__ApiUrl"] = Sandbox.Slack.ApiAddress.AbsoluteUri,
            ["Oidc__Authority"] = Sandbox.Oidc.Authority.AbsoluteUri,
            ["Oidc__Audience"] = Sandbox.Oidc.Audience,
            ["Oidc__AllowHttp"] = "true",
        };

    public virtual async ValueTask InitializeAsync()
    {
        try
        {
            Sandbox = await SandboxHost.StartAsync(Options with { LogFolder = _logs });
        }
        catch
        {
            // A fixture that did not start is not disposed of.
            Directory.Delete(_logs, recursive: true);
            throw;
        }

        Api = new ApiClient(Worker.Address);
        Slack = new SlackSender(Worker.Address);
        Rows = new Rows(Sandbox.ConnectionString);
        // The worker asks the issuer for its keys with the first token; on a busy machine not at the first attempt.
        await Eventually.TrueAsync(
            async () => (await Api.GetAsync("runs?limit=1", Service())).Status == 200,
            "the worker knows its issuer"
        );
    }

    /// <summary>Waits until the http worker uses the database again: an earlier test may have opened its breaker.</summary>
    public Task RecoverAsync() =>
        Eventually.TrueAsync(
            async () =>
                (await MetricsAsync()).Value("coffeebuddy_database_breaker_state") == 0
                || (await Api.GetAsync("runs?limit=1", Service())).Status == 200,
            "the breaker is closed"
        );

    public virtual async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        Slack?.Dispose();
        if (Rows is not null)
            await Rows.DisposeAsync();
        if (Sandbox is not null)
            await Sandbox.DisposeAsync();
        Directory.Delete(_logs, recursive: true);
        GC.SuppressFinalize(this);
    }
}
