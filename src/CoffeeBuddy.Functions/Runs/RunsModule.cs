using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Runs;

public static class RunsModule
{
    /// <summary>The actions on runs, and who may do them.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services) =>
        services.AddSingleton<Permissions>().AddSingleton<RunActions>();
}
