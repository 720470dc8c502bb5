using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnPremFunctions;

namespace CoffeeBuddy.Benchmarks.Peers;

internal static class CountingFunctions
{
    public static async Task RunAsync(Type function, Reading reading)
    {
        var builder = PeerCommand.Functions(function, "--urls=http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Servers"] = reading.Servers,
                ["Topic"] = reading.Topic,
                ["Group"] = reading.Group,
                ["AzureFunctionsJobHost:extensions:kafka:autoOffsetReset"] = "earliest",
                ["AzureFunctionsJobHost:extensions:kafka:maxBatchSize"] = "64",
            }
        );
        builder.Services.AddSingleton(new Tally(reading));
        await builder.BuildOnPremHost().RunAsync();
    }
}

/// <summary>Each record is an invocation.</summary>
public sealed class SingleFunction(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    [Function("Single")]
    public void Run([KafkaTrigger("%Servers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record)
    {
        if (services.GetRequiredService<Tally>().Add(1))
            lifetime.StopApplication();
    }
}

/// <summary>Up to 64 records are an invocation.</summary>
public sealed class BatchFunction(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    [Function("Batch")]
    public void Run(
        [KafkaTrigger("%Servers%", "%Topic%", ConsumerGroup = "%Group%", IsBatched = true)] KafkaRecord[] records
    )
    {
        if (services.GetRequiredService<Tally>().Add(records.Length))
            lifetime.StopApplication();
    }
}
