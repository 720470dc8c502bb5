using CoffeeBuddy.Core;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Data.Tests;

public sealed class DataServicesTests(PostgresServer server)
{
    [Fact]
    public async Task The_stores_work_from_configuration_alone()
    {
        await using var services = Build(
            new()
            {
                ["ConnectionStrings:CoffeeBuddy"] = await server.TakeMigratedAsync(),
                ["CoffeeBuddy:Database:MaxPoolSize"] = "3",
            }
        );

        var opened = await services
            .GetRequiredService<RunStore>()
            .OpenOrJoinAsync(new("T1", "C1", "U1", null, null), TestContext.Current.CancellationToken);

        Assert.True(opened.Created);
        Assert.Equal(3, services.GetRequiredService<IOptions<DataOptions>>().Value.MaxPoolSize);
        Assert.All(
            [
                typeof(PreferenceStore),
                typeof(UserStore),
                typeof(OutboxStore),
                typeof(SlackMessages),
                typeof(ProcessedEvents),
                typeof(SweepStore),
            ],
            store => Assert.NotNull(services.GetRequiredService(store))
        );
    }

    [Theory]
    [InlineData("ConnectionStrings:CoffeeBuddy", "", "ConnectionStrings:CoffeeBuddy is missing.")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=db;Pasword=secret", "not a connection string")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Database=coffee;Password=secret", "Host")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=a;Minimum Pool Size=30", "Min Pool Size")]
    [InlineData(
        "ConnectionStrings:CoffeeBuddy",
        "Host=a;Target Session Attributes=primary",
        "Target Session Attributes"
    )]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=a,b;Target Session Attributes=standby", "must be read-write")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=a,b;Target Session Attributes=any", "must be read-write")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=a,b;Target Session Attributes=nonsense", "not a connection")]
    [InlineData("ConnectionStrings:CoffeeBuddy", "Host=a,b;Multiplexing=true", "Multiplexing")]
    [InlineData("CoffeeBuddy:Database:MaxPoolSize", "21", "MaxPoolSize")]
    [InlineData("CoffeeBuddy:Database:CommandTimeout", "00:00:00", "CommandTimeout")]
    public async Task A_wrong_setting_is_reported_without_its_secret(string key, string value, string told)
    {
        await using var services = Build(new() { ["ConnectionStrings:CoffeeBuddy"] = "Host=db", [key] = value });

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<Database>());

        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings) =>
        new ServiceCollection()
            .AddLogging()
            .Configure<CoffeeOptions>(_ => { })
            .AddCoffeeBuddyData(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
}
