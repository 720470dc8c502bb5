using CoffeeBuddy.Core;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Runs;

public static class RunsModule
{
    /// <summary>
    /// The actions on runs, and who may do them; with <see cref="CoffeeOptions"/> from section <c>CoffeeBuddy</c>.
    /// </summary>
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddValidatedOptions<CoffeeOptions>(configuration, "CoffeeBuddy")
            .AddSingleton<ChannelMembers>()
            .AddSingleton<Permissions>()
            .AddSingleton<DoNotDisturb>()
            .AddSingleton<PlannedRunCheck>()
            .AddSingleton<RunActions>();
}
