using Microsoft.Extensions.DependencyInjection;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Finds services that cannot be created for want of another: middleware, dead-letter handler, function classes and all
/// they need.
/// </summary>
internal static class ServiceFaults
{
    /// <summary>Creates no service. Registrations with a factory are not checked.</summary>
    /// <param name="functionClasses">Checked as if they were registered.</param>
    public static IEnumerable<string> Of(IEnumerable<ServiceDescriptor> registered, IEnumerable<Type> functionClasses)
    {
        var services = new ServiceCollection();
        foreach (var descriptor in registered)
            ((ICollection<ServiceDescriptor>)services).Add(descriptor);
        foreach (var type in functionClasses)
            services.AddTransient(type);

        try
        {
            services
                .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true })
                .Dispose();
            return [];
        }
        catch (AggregateException exception)
        {
            // Services that need the same missing one have the same message; report it once.
            return exception
                .InnerExceptions.Select(static fault => (fault.InnerException ?? fault).Message)
                .Distinct(StringComparer.Ordinal);
        }
    }
}
