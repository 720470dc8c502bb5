namespace CoffeeBuddy.Functions.Tests;

/// <summary>Starts outside Development, where every connection must be protected.</summary>
public sealed class TlsStartupTests(ApiOffice office)
{
    private const string Database =
        "ConnectionStrings:CoffeeBuddy must have SSL Mode=VerifyFull, unless Tls:AllowPlaintext names Database.";

    private const string Kafka =
        "Kafka:SecurityProtocol must be Ssl or SaslSsl, unless Tls:AllowPlaintext names Kafka.";

    private static readonly string Dll = new SandboxOptions().Worker;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Disable")]
    [InlineData("Prefer")]
    [InlineData("Require")]
    [InlineData("VerifyCA")]
    public async Task Each_connection_that_is_not_protected_is_named(string mode)
    {
        var environment = Environment(null);
        environment["ConnectionStrings__CoffeeBuddy"] = $"Host=db;SSL Mode={mode};Password=open-sesame";
        environment["Kafka__SecurityProtocol"] = "SaslPlaintext";
        environment["Email__Host"] = "mail";
        environment["Email__From"] = "coffee@example.com";
        environment["Email__Tls"] = "None";

        Assert.Equal(
            [
                "The functions host cannot start:",
                "  - ASPNETCORE_URLS: http://127.0.0.1:0 must begin with https, unless Tls:AllowPlaintext names Http.",
                "  - ASPNETCORE_URLS: http://127.0.0.1:9090 must begin with https, unless Tls:AllowPlaintext names Http.",
                $"  - {Database}",
                "  - Email:Tls must be StartTls or Tls, unless Tls:AllowPlaintext names Email.",
                $"  - {Kafka}",
            ],
            (await FailsAsync([], environment))
                .LastLines.OrderByDescending(line => line[0])
                .ThenBy(line => line, StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("Kafka, Slack", "Tls:AllowPlaintext can name Http, Database, Kafka, Email only.")]
    [InlineData("Everything", "Tls:AllowPlaintext")]
    public async Task An_exception_that_is_not_known_is_refused(string exceptions, string fault) =>
        Assert.Contains(
            (await FailsAsync([], Environment(exceptions))).LastLines,
            line => line.Contains(fault, StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("Kestrel__EndpointDefaults__SslProtocols__0", "Kestrel:EndpointDefaults:SslProtocols")]
    [InlineData("Kestrel__Endpoints__A__sslprotocols__0", "Kestrel:Endpoints:A:sslprotocols")]
    public async Task Kestrels_own_settings_do_not_lower_the_version(string variable, string setting)
    {
        var environment = Environment("Database, Kafka");
        environment["Kestrel__Endpoints__A__Url"] = "https://127.0.0.1:0";
        environment[variable] = "Tls12";

        Assert.Contains(
            (await FailsAsync([], environment)).LastLines,
            line => line.Contains($"{setting} must not be set: Tls:AllowTls12", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Exceptions_by_name_let_a_worker_start_and_a_command_run()
    {
        var environment = Environment("Http, Database, Kafka");
        foreach (var (index, function) in WorkerRoles.Functions[WorkerRoles.Http].Index())
            environment[$"AzureFunctionsJobHost__functions__{index}"] = function;
        environment.Remove("ASPNETCORE_URLS");

        await using var worker = await WorkerProcess.StartAsync(
            new("Worker", Dll) { Environment = environment },
            Cancellation
        );
        await WorkerProcess.RunAsync(
            new("Migrate", Dll) { Arguments = ["migrate"], Environment = environment },
            Cancellation
        );
    }

    [Fact]
    public async Task Commands_are_refused_for_the_same_reasons()
    {
        Assert.Equal([Database], (await FailsAsync(["migrate"], Environment(null))).LastLines);
        Assert.Equal([Kafka], (await FailsAsync(["deadletter", "list"], Environment(null))).LastLines);
        Assert.Equal([Database], (await FailsAsync(["deadletter", "list"], Environment("Kafka"))).LastLines);
    }

    private Dictionary<string, string?> Environment(string? exceptions)
    {
        var environment = office.Environment();
        environment["DOTNET_ENVIRONMENT"] = "Production";
        environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0;http://127.0.0.1:9090";
        environment["Tls__AllowPlaintext"] = exceptions;
        return environment;
    }

    private static Task<PartFailedException> FailsAsync(string[] arguments, Dictionary<string, string?> environment) =>
        Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.RunAsync(
                new("Worker", Dll) { Arguments = arguments, Environment = environment },
                Cancellation
            )
        );
}
