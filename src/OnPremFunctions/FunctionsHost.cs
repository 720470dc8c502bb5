using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OnPremFunctions.Hosting;

namespace OnPremFunctions;

/// <summary>Serves functions over HTTP, from Kafka and by timers in this process.</summary>
public sealed class FunctionsHost : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IServiceCollection _registered;
    private readonly IReadOnlyList<string> _faults;

    internal FunctionsHost(IHost host, IServiceCollection registered, IReadOnlyList<string> faults)
    {
        _host = host;
        _registered = registered;
        _faults = faults;
    }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>The addresses that HTTP is served on; known after the start.</summary>
    public ICollection<string> Urls =>
        Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;

    /// <summary>Checks functions, settings and services, then starts.</summary>
    /// <exception cref="FunctionsStartupException">Functions, host.json, services or validated options have
    /// faults.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Services.GetRequiredService<FunctionsHostStartup>().PrepareAsync(_registered, _faults);
        await _host.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Becomes not ready, accepts no new work, waits for running invocations (at most <c>functionTimeout</c> + 10 s)
    /// and commits offsets.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <summary>
    /// Runs until SIGTERM, SIGINT or <paramref name="cancellationToken"/>. When it cannot start, it writes one message
    /// to stderr and sets <see cref="Environment.ExitCode"/> to 1.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartAsync(cancellationToken);
            await this.WaitForShutdownAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // SIGTERM came during the start. That is an ordinary end, with exit code 0.
        }
        catch (Exception exception)
            when (exception is FunctionsStartupException or OptionsValidationException or IOException)
        {
            // IOException: Kestrel cannot bind. Its message contains the address.
            await FailAsync(exception.Message);
        }
        catch (SocketException exception)
        {
            // For example an address of another machine. Kestrel's message does not contain the address here.
            await FailAsync($"The functions host cannot listen on {ConfiguredAddresses()}: {exception.Message}");
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    private bool IsStopping =>
        Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    private static async Task FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        Environment.ExitCode = 1;
    }

    private string ConfiguredAddresses()
    {
        var configuration = Services.GetRequiredService<IConfiguration>();
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
