using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OnPremFunctions.Hosting;

namespace OnPremFunctions;

/// <summary>A worker: Kestrel, Kafka consumers and timers in one process.</summary>
public sealed class FunctionsHost : IHost, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FunctionsHostPlan _plan;

    internal FunctionsHost(WebApplication app, FunctionsHostPlan plan)
    {
        _app = app;
        _plan = plan;
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>The addresses HTTP is served on, once started.</summary>
    public ICollection<string> Urls => _app.Urls;

    /// <summary>Checks everything, then serves.</summary>
    /// <exception cref="FunctionsStartupException">Something is wrong with the functions, host.json or the validated options.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Services.GetRequiredService<FunctionsHostStartup>().Prepare(_app, _plan);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>Readiness fails, intake stops, what runs finishes (bounded by <c>functionTimeout</c>), offsets are committed.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <summary>
    /// Runs until SIGTERM, SIGINT or <paramref name="cancellationToken"/>. A worker that cannot start says why on stderr, in one message,
    /// and leaves exit code 1.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartAsync(cancellationToken);
            await this.WaitForShutdownAsync(cancellationToken);
        }
        catch (Exception exception)
            when (exception is FunctionsStartupException or OptionsValidationException or IOException)
        {
            // IOException: Kestrel could not bind, and its message says which address.
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }
        catch (SocketException exception)
        {
            // An address that is not this machine's, a port that may not be bound. Kestrel names the address only when it is in use.
            await Console.Error.WriteLineAsync(
                $"The functions host cannot listen on {ConfiguredAddresses()}: {exception.Message}"
            );
            Environment.ExitCode = 1;
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    public void Dispose() => ((IDisposable)_app).Dispose();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string ConfiguredAddresses()
    {
        var configuration = _app.Configuration;
        var endpoints = configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(static endpoint => endpoint["Url"])
            .ToList();
        return endpoints.Count > 0
            ? string.Join(", ", endpoints)
            : configuration["urls"] ?? $"port {configuration["http_ports"]}";
    }
}
