using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnPremFunctions;
using OnPremFunctions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Composes a worker: services, logging, middleware. Start it with <c>await builder.Build().RunAsync()</c>.</summary>
public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    internal FunctionsApplicationBuilder(string[] args)
    {
        _web = WebApplication.CreateBuilder(args);
        HostFile = HostFile.AddTo(_web);
        _web.AddFunctionsHost();
    }

    public IConfigurationManager Configuration => _web.Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    IDictionary<object, object> IHostApplicationBuilder.Properties => ((IHostApplicationBuilder)_web).Properties;

    internal HostFile HostFile { get; }

    /// <summary>Null: all of the entry assembly's.</summary>
    internal IReadOnlyList<Type>? FunctionTypes { get; set; }

    internal bool ServesHttp { get; set; }

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>The host, not started. It is an <see cref="IHost"/> whose own <c>RunAsync</c> reports start-up faults and sets the exit code.</summary>
    public FunctionsHost Build() =>
        new(
            _web.Build(),
            new FunctionsHostPlan(FunctionTypes, [.. _middleware], ServesHttp, _web.Services, HostFile.Faults)
        );

    void IHostApplicationBuilder.ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory,
        Action<TContainerBuilder>? configure
    ) => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);
}

public static class FunctionsWebApplicationExtensions
{
    /// <summary>Serves HTTP functions on Kestrel. Without it a worker with HTTP functions is refused at start.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ServesHttp = true;
        return builder;
    }
}
