using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>The stores without a worker.</summary>
internal static class StoreServices
{
    /// <param name="connections">The most to the database.</param>
    public static ServiceProvider Of(Lab lab, int connections)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:CoffeeBuddy"] = lab.Database,
                    ["CoffeeBuddy:Database:MaxPoolSize"] = $"{connections}",
                }
            )
            .Build();
        var services = new ServiceCollection().AddLogging().AddCoffeeBuddyData(configuration);
        services.AddOptions<TlsOptions>();
        services.AddOptions<CoffeeOptions>();
        return services.BuildServiceProvider();
    }
}
