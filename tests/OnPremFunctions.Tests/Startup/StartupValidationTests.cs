using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Startup;

public sealed class StartupValidationTests
{
    [Fact]
    public async Task All_faults_are_reported_in_one_message()
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(Fine)],
            new() { ["AzureFunctionsJobHost:functions:0"] = "Missing" },
            static builder =>
                builder
                    .Services.AddOptions<Limits>()
                    .Validate(static limits => limits.Most > 0, "Limits:Most must be above 0.")
                    .ValidateOnStart(),
            """{ "version": "2.0", "functionTimeout": "soon", "extensions": { "kafka": { "maxBatchSize": 0, "commitOnFailure": true } } }"""
        );

        string[] expected =
        [
            "functionTimeout is \"soon\"",
            "maxBatchSize is \"0\"",
            "commitOnFailure is true",
            "selects \"Missing\"",
            "Limits:Most must be above 0.",
        ];
        Assert.All(expected, fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
        Assert.Equal(expected.Length, refused.Faults.Count);
    }

    [Fact]
    public async Task Every_fault_of_every_function_is_reported()
    {
        var refused = await TestHost.RefusedAsync([typeof(Wrong), typeof(WrongToo)]);

        string[] expected =
        [
            "The function name \"Twice\" is used by Wrong.Once and Wrong.Again",
            "Function Cron (Wrong.Cron): its schedule \"99 * * * * *\" is not valid",
            "Function Never (Wrong.Never): its schedule \"0 0 0 30 2 *\" is not valid: there is no such day",
            "Function FiveFields (Wrong.FiveFields): its schedule \"* * * * *\" is not valid: a schedule has six fields",
            "Function Setting (Wrong.Setting): the setting %No:Schedule% has no value (environment variable No__Schedule)",
            "Function Topic (Wrong.Topic): the setting %No:Brokers% has no value",
            "Function Topic (Wrong.Topic): its Kafka trigger has no ConsumerGroup",
            "Function Topic (Wrong.Topic): its Kafka trigger is a String, but must be a KafkaRecord",
            "Function Topic (Wrong.Topic): its ExponentialBackoffRetryAttribute is not valid: The minimumInterval must not be greater than the maximumInterval",
            "Function Batch (Wrong.Batch): its Kafka trigger is a KafkaRecord, but must be a KafkaRecord[] when IsBatched is true",
            "Function Batch (Wrong.Batch): its retry interval \"5\" is not hh:mm:ss",
            "Function Key (Wrong.Key): its authorization level is Function, but this host has no function keys",
            "Function Odd (Wrong.Odd): the parameter query (String) is neither",
            "Function Odd (Wrong.Odd): the route value what is a Object, which cannot be read from text",
            "Function Odd (Wrong.Odd): its route's constraint \"colour\" does not exist",
            "Function Odd (Wrong.Odd): it returns String",
            "Function Odd (Wrong.Odd): a retry attribute is for Kafka and timer functions",
            "Function Hidden (Wrong.Hidden): the method must be public",
            "Function None (Wrong.None): it has 0 triggers, but must have one",
            "Function Needy (WrongToo.Needy): WrongToo needs Limits (limits), which is not registered",
            "Function Route (WrongToo.Route): its route \"api/{open\" is not valid",
        ];
        Assert.All(expected, fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
        Assert.Equal(expected.Length, refused.Faults.Count);
    }

    [Fact]
    public async Task A_missing_service_is_reported_at_any_depth()
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(Deep), typeof(DeepToo)],
            new() { ["AzureFunctionsJobHost:functionTimeout"] = "soon" },
            static builder =>
            {
                builder
                    .Services.AddSingleton<Upper>()
                    .AddSingleton<Lower>()
                    .AddSingleton(typeof(Generic<>))
                    .AddScoped<Scoped>();
                builder.Services.AddSingleton<IKafkaDeadLetterHandler, Letters>();
                builder.UseMiddleware<Layer>();
            }
        );

        string[] expected =
        [
            "functionTimeout is \"soon\"",
            $"'{typeof(Limits)}' while attempting to activate '{typeof(Lower)}'",
            $"'{typeof(Limits)}' while attempting to activate '{typeof(Generic<int>)}'",
            $"'{typeof(Limits)}' while attempting to activate '{typeof(Letters)}'",
            $"Cannot consume scoped service '{typeof(Scoped)}' from singleton '{typeof(Layer)}'",
        ];
        Assert.All(expected, fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
        Assert.Equal(expected.Length, refused.Faults.Count);
    }

    [Fact]
    public async Task In_development_a_missing_service_is_reported_with_the_other_faults()
    {
        var builder = FunctionsApplication.CreateBuilder(["--AzureFunctionsJobHost:functionTimeout=soon"]);
        builder.Environment.EnvironmentName = Environments.Development;
        builder.UseFunctionsFrom(typeof(Fine));
        builder.Services.AddSingleton<Lower>();
        await using var host = builder.BuildOnPremHost();

        var refused = await Assert.ThrowsAsync<FunctionsStartupException>(() =>
            host.StartAsync(TestContext.Current.CancellationToken)
        );

        Assert.Equal(2, refused.Faults.Count);
    }

    [Theory]
    [InlineData(
        "extensions:kafka:rebalanceDrainTimeout",
        "00:00:30",
        "rebalanceDrainTimeout must be less than maxPollIntervalMs"
    )]
    [InlineData(
        "extensions:kafka:sessionTimeoutMs",
        "40000",
        "maxPollIntervalMs must not be less than sessionTimeoutMs"
    )]
    public async Task Settings_that_contradict_each_other_are_reported(string setting, string value, string fault)
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(Fine)],
            new()
            {
                ["AzureFunctionsJobHost:extensions:kafka:maxPollIntervalMs"] = "30000",
                [$"AzureFunctionsJobHost:{setting}"] = value,
            }
        );

        Assert.Contains(fault, Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_Kafka_does_not_accept_for_a_group_member_is_reported()
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(Fine)],
            new() { ["AzureFunctionsJobHost:extensions:kafka:groupInstanceId"] = "pod 0" }
        );

        Assert.Contains("groupInstanceId is \"pod 0\"", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_levels_of_host_json_apply()
    {
        const string HostJson =
            """{ "version": "2.0", "logging": { "logLevel": { "default": "Error", "OnPremFunctions.Hosting": "Information" } } }""";
        await using var host = await TestHost.StartAsync([typeof(Fine)], hostJson: HostJson);

        Assert.NotEmpty(host.Logs.Lines);
        Assert.All(
            host.Logs.Lines,
            static line => Assert.StartsWith("OnPremFunctions.Hosting", line.Category, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Two_functions_with_the_same_route_are_reported()
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(SameRoutes)],
            new() { ["AzureFunctionsJobHost:extensions:http:routePrefix"] = "" }
        );

        Assert.Equal(
            [
                "Function Ping: its route \"metrics\" is used by the host.",
                "Functions One and Two have the same route \"things/{:guid}\" for the same method.",
            ],
            refused.Faults
        );
    }

    [Fact]
    public async Task An_invalid_host_json_is_reported()
    {
        var refused = await TestHost.RefusedAsync(
            [typeof(SameRoutes)],
            new() { ["AzureFunctionsJobHost:functions:0"] = "One" },
            hostJson: "{ \"version\": "
        );

        Assert.Contains("host.json is not valid JSON", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_selected_functions_are_checked_and_served()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Fine), typeof(WrongToo)],
            new() { ["AzureFunctionsJobHost:functions:0"] = "fine" }
        );

        Assert.Equal("fine", await host.TextAsync("/api/fine"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await host.GetAsync("/api/route")).StatusCode);
    }

    private sealed class Limits
    {
        public int Most { get; set; }
    }

    private sealed class Upper(Lower lower)
    {
        public int Most => lower.Most;
    }

    private sealed class Lower(Limits limits)
    {
        public int Most => limits.Most;
    }

    private sealed class Generic<T>(Limits limits)
    {
        public (T?, int) Most => (default, limits.Most);
    }

    private sealed class Scoped;

    private sealed class Layer(Scoped scoped) : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.Items[scoped] = scoped;
            return next(context);
        }
    }

    private sealed class Letters(Limits limits) : IKafkaDeadLetterHandler
    {
        public Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken) =>
            Task.Delay(limits.Most, cancellationToken);
    }

    private sealed class Deep(Upper upper)
    {
        [Function("Deep")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.Text($"{upper.Most}");
    }

    private sealed class DeepToo(Generic<int> generic)
    {
        [Function("DeepToo")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.Text($"{generic.Most}");
    }

    private static class Fine
    {
        [Function("Fine")]
        public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.Text("fine");
    }

    private static class Wrong
    {
        [Function("Twice")]
        public static void Once(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "first")] HttpRequest request
        ) { }

        [Function("Twice")]
        public static void Again(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "second")] HttpRequest request
        ) { }

        [Function("Cron")]
        public static void Cron([TimerTrigger("99 * * * * *")] TimerInfo timer) { }

        [Function("Never")]
        public static void Never([TimerTrigger("0 0 0 30 2 *")] TimerInfo timer) { }

        [Function("FiveFields")]
        public static void FiveFields([TimerTrigger("* * * * *")] TimerInfo timer) { }

        [Function("Setting")]
        public static void Setting([TimerTrigger("%No:Schedule%")] TimerInfo timer) { }

        [Function("Topic")]
        [ExponentialBackoffRetry(3, "00:01:00", "00:00:01")]
        public static void Topic([KafkaTrigger("%No:Brokers%", "topic")] string record) { }

        [Function("Batch")]
        [FixedDelayRetry(3, "5")]
        public static void Batch(
            [KafkaTrigger("localhost:9092", "topic", ConsumerGroup = "group", IsBatched = true)] KafkaRecord record
        ) { }

        [Function("Key")]
        public static void Key([HttpTrigger("get")] HttpRequest request) { }

        [Function("Odd")]
        [FixedDelayRetry(1, "00:00:01")]
        public static string Odd(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "odd/{what:colour}")] HttpRequest request,
            object what,
            string query
        ) => $"{what} {query}";

        [Function("Hidden")]
        internal static void Hidden([TimerTrigger("00:01:00")] TimerInfo timer) { }

        [Function("None")]
        public static void None(TimerInfo timer) { }
    }

    private sealed class WrongToo(Limits limits)
    {
        [Function("Needy")]
        public void Needy([TimerTrigger("00:01:00")] TimerInfo timer) => limits.Most++;

        [Function("Route")]
        public static IResult Route(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{open")] HttpRequest request
        ) => Results.Ok();
    }

    private static class SameRoutes
    {
        [Function("One")]
        public static void One(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:guid}")] HttpRequest request
        ) { }

        [Function("Two")]
        public static void Two(
            [HttpTrigger(AuthorizationLevel.Anonymous, Route = "Things/{other:guid}")] HttpRequest request
        ) { }

        [Function("Other")]
        public static void Other(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "things/{id:int}")] HttpRequest request
        ) { }

        [Function("Ping")]
        public static void Ping(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "metrics")] HttpRequest request
        ) { }
    }
}
