using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Lets extensions of <see cref="IHostBuilder"/>, as that which adds Kestrel, work on an
/// <see cref="IHostApplicationBuilder"/>.
/// </summary>
internal sealed class HostBuilderAdapter(IHostApplicationBuilder builder) : IHostBuilder
{
    private readonly HostBuilderContext _context = builder
        .Services.Select(static service => service.ImplementationInstance)
        .OfType<HostBuilderContext>()
        .First();

    public IDictionary<object, object> Properties => _context.Properties;

    /// <summary>Host configuration has the lowest precedence, so it goes before what the builder has.</summary>
    public IHostBuilder ConfigureHostConfiguration(Action<IConfigurationBuilder> configureDelegate)
    {
        var host = new ConfigurationBuilder();
        configureDelegate(host);
        for (var index = 0; index < host.Sources.Count; index++)
            builder.Configuration.Sources.Insert(index, host.Sources[index]);
        return this;
    }

    public IHostBuilder ConfigureAppConfiguration(Action<HostBuilderContext, IConfigurationBuilder> configureDelegate)
    {
        configureDelegate(_context, builder.Configuration);
        return this;
    }

    public IHostBuilder ConfigureServices(Action<HostBuilderContext, IServiceCollection> configureDelegate)
    {
        configureDelegate(_context, builder.Services);
        return this;
    }

    public IHostBuilder UseServiceProviderFactory<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory)
        where TContainerBuilder : notnull => throw new NotSupportedException();

    public IHostBuilder UseServiceProviderFactory<TContainerBuilder>(
        Func<HostBuilderContext, IServiceProviderFactory<TContainerBuilder>> factory
    )
        where TContainerBuilder : notnull => throw new NotSupportedException();

    public IHostBuilder ConfigureContainer<TContainerBuilder>(
        Action<HostBuilderContext, TContainerBuilder> configureDelegate
    ) => throw new NotSupportedException();

    public IHost Build() => throw new NotSupportedException();
}
