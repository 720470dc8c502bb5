using System.Net;
using FunctionsHost.Conformance.Rpc;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsHost.Conformance.Host;

/// <summary>
/// The part of Microsoft's functions host that talks to a worker: waits for its stream, initializes it, asks for its
/// functions, loads and invokes them. One host serves one worker.
/// </summary>
public sealed class FunctionRpcHost : IAsyncDisposable
{
    /// <summary>The host version that the worker is told.</summary>
    private const string Version = "4.1037.0";

    private readonly WebApplication _app;
    private readonly WorkerStream _worker;

    private FunctionRpcHost(WebApplication app, WorkerStream worker) => (_app, _worker) = (app, worker);

    /// <summary>Where workers connect to: gRPC over HTTP/2 without TLS.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Ends with the id that the worker introduced itself with.</summary>
    public Task<string> Connected => _worker.Connected;

    /// <summary>What the worker says it can do.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>The loaded functions by name.</summary>
    public IReadOnlyDictionary<string, LoadedFunction> Functions { get; private set; } =
        new Dictionary<string, LoadedFunction>();

    /// <summary>The log lines that the worker sent to the host.</summary>
    public IReadOnlyCollection<RpcLog> Logs => _worker.Logs;

    public static async Task<FunctionRpcHost> StartAsync(CancellationToken cancellationToken)
    {
        var worker = new WorkerStream();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
            );
        builder.Services.AddRoutingCore();
        // The default, 4 MB, is less than some answers have.
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(worker);
        var app = builder.Build();
        app.MapGrpcService<WorkerStream>();
        await app.StartAsync(cancellationToken);
        return new FunctionRpcHost(app, worker);
    }

    /// <summary>Waits for the worker and loads all its functions.</summary>
    /// <param name="folder">The application's folder, with host.json.</param>
    public async Task LoadAsync(string folder, CancellationToken cancellationToken)
    {
        await Connected.WaitAsync(Guard.Timeout, cancellationToken);
        var initialized = await AskAsync(
            new()
            {
                WorkerInitRequest = new()
                {
                    HostVersion = Version,
                    WorkerDirectory = folder,
                    FunctionAppDirectory = folder,
                },
            },
            cancellationToken
        );
        ThrowUnlessDone(initialized.WorkerInitResponse.Result, "initialize");
        Capabilities = initialized.WorkerInitResponse.Capabilities;

        var told = await AskAsync(
            new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } },
            cancellationToken
        );
        ThrowUnlessDone(told.FunctionMetadataResponse.Result, "tell its functions");
        var functions = told
            .FunctionMetadataResponse.FunctionMetadataResults.Select(metadata => new LoadedFunction(metadata))
            .ToList();
        foreach (var function in functions)
        {
            var loaded = await AskAsync(new() { FunctionLoadRequest = function.LoadRequest() }, cancellationToken);
            ThrowUnlessDone(loaded.FunctionLoadResponse.Result, $"load {function.Name}");
        }

        Functions = functions.ToDictionary(function => function.Name, StringComparer.Ordinal);
    }

    /// <summary>Invokes a function and waits for its result, which may be a failure.</summary>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await _worker.AskAsync(
            new() { RequestId = request.InvocationId, InvocationRequest = request },
            cancellationToken
        );
        return answer.InvocationResponse;
    }

    /// <summary>Asks the worker to cancel an invocation.</summary>
    public void Cancel(InvocationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _worker.Send(new() { InvocationCancel = new() { InvocationId = request.InvocationId } });
    }

    /// <summary>Asks the worker to end, within this time.</summary>
    public void Terminate(TimeSpan grace) =>
        _worker.Send(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(grace) } });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<StreamingMessage> AskAsync(StreamingMessage message, CancellationToken cancellationToken)
    {
        message.RequestId = Guid.NewGuid().ToString();
        return _worker.AskAsync(message, cancellationToken);
    }

    private static void ThrowUnlessDone(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"The worker could not {what}: {result.Exception?.Message}");
    }
}
