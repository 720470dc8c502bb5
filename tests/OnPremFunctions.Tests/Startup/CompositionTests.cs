using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OnPremFunctions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Startup;

/// <summary>What the host takes from Microsoft's builder and what it replaces.</summary>
public sealed class CompositionTests
{
    [Theory]
    [InlineData("--functions-uri=http://127.0.0.1:50051", true)]
    [InlineData("--Functions:Worker:HostEndpoint=http://127.0.0.1:50051", true)]
    [InlineData("--urls=http://127.0.0.1:0", false)]
    public void The_Azure_Functions_host_is_recognised_by_its_endpoint(string argument, bool expected)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddCommandLine(
            [argument],
            new Dictionary<string, string> { ["--functions-uri"] = "Functions:Worker:HostEndpoint" }
        );

        Assert.Equal(expected, builder.IsStartedByAzureFunctionsHost());
    }

    [Fact]
    public async Task The_service_and_the_logger_that_use_the_Azure_Functions_host_are_removed()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        Assert.Contains(builder.Services, static service => IsLink(service));

        await using var host = builder.BuildOnPremHost();

        Assert.DoesNotContain(builder.Services, static service => IsLink(service));
        Assert.Single(host.Services.GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>());

        static bool IsLink(ServiceDescriptor service) =>
            (service.ServiceType == typeof(IHostedService) || service.ServiceType == typeof(ILoggerProvider))
            && service.ImplementationType?.FullName?.StartsWith("Microsoft.Azure.", StringComparison.Ordinal) == true;
    }

    [Fact]
    public async Task Logging_that_the_application_has_cleared_stays_cleared()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Logging.ClearProviders();

        await using var host = builder.BuildOnPremHost();

        Assert.Empty(host.Services.GetServices<ILoggerProvider>());
    }

    [Fact]
    public async Task Functions_are_served_from_the_metadata_that_the_build_generated()
    {
        await using var host = await StartSampleAsync();
        var metadata = await new SampleWorker.GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync("");

        using var response = await host.Http.PostAsync(
            "/api/release",
            content: null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var served = host.Services.GetRequiredService<HostState>().Functions;
        Assert.Equal(
            metadata.Select(static function => (function.FunctionId, function.EntryPoint)),
            served.Select(static function => ((string?)function.Id, (string?)function.EntryPoint))
        );
    }

    [Fact]
    public async Task The_generated_metadata_describes_the_Kafka_trigger_as_Microsofts_host_expects_it()
    {
        var metadata = await new SampleWorker.GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync("");

        var binding = JsonNode.Parse(
            metadata.Single(static function => function.Name == "Take").RawBindings!.Single()
        )!;

        Assert.Equal("kafkaTrigger", $"{binding["type"]}");
        Assert.Equal("%Topic%", $"{binding["topic"]}");
        Assert.Equal("One", $"{binding["cardinality"]}");
        Assert.Equal("True", $"{binding["properties"]!["supportsDeferredBinding"]}");
    }

    [Fact]
    public async Task A_program_without_generated_metadata_does_not_start()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        await using var host = builder.BuildOnPremHost();

        var refused = await Assert.ThrowsAsync<FunctionsStartupException>(() =>
            host.StartAsync(TestContext.Current.CancellationToken)
        );

        Assert.StartsWith("There is no function metadata.", Assert.Single(refused.Faults), StringComparison.Ordinal);
    }

    private static Task<TestHost> StartSampleAsync() =>
        TestHost.StartAsync(
            [],
            new()
            {
                ["Kafka:BootstrapServers"] = "127.0.0.1:1",
                ["Topic"] = "topic",
                ["Group"] = "group",
            },
            static builder =>
                builder
                    .Services.AddSingleton<IFunctionMetadataProvider, SampleWorker.GeneratedFunctionMetadataProvider>()
                    .AddSingleton<SampleWorker.Gate>()
        );
}
