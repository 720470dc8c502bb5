using Microsoft.Extensions.DependencyInjection;

namespace OnPremFunctions.Hosting;

/// <summary>What nothing could be created with, however deep below: middleware, the dead-letter handler, function classes and all they need.</summary>
internal static class ServiceFaults
{
    /// <summary>Creates nothing; what a registration's own code does is not known before it runs.</summary>
    /// <param name="functionClasses">Not registered, but created as if they were.</param>
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
            // Whoever needs a broken one is broken for the same reason, which is told once.
            return exception
                .InnerExceptions.Select(static fault => (fault.InnerException ?? fault).Message)
                .Distinct(StringComparer.Ordinal);
        }
    }
}
