using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

public static class DataServices
{
    /// <summary>
    /// The stores and their database. Reads <c>ConnectionStrings:CoffeeBuddy</c> and section
    /// <c>CoffeeBuddy:Database</c>; <c>CoffeeOptions</c> are expected to be configured by the application.
    /// </summary>
    public static IServiceCollection AddCoffeeBuddyData(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<DataOptions>()
            .Bind(configuration.GetSection("CoffeeBuddy:Database"))
            .Configure(options => options.ConnectionString = configuration.GetConnectionString("CoffeeBuddy") ?? "")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddDatabase();
        services.AddSingleton<RunStore>();
        services.AddSingleton<MenuStore>();
        services.AddSingleton<PreferenceStore>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<SettingsStore>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<SlackMessages>();
        services.AddSingleton<ProcessedEvents>();
        services.AddSingleton<SweepStore>();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<StatisticsStore>();
        services.AddSingleton<SurveyStore>();
        return services;
    }

    /// <summary>
    /// The database without its stores. <see cref="DataOptions"/> are expected to be configured by the application.
    /// </summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BreakerStateProvider>();
        services.AddResiliencePipeline(DatabaseResilience.PipelineName, DatabaseResilience.Configure);
        services.TryAddSingleton<Database>();
        return services;
    }
}
