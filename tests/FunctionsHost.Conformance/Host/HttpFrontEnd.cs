using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FunctionsHost.Conformance.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsHost.Conformance.Host;

/// <summary>
/// The public HTTP endpoint of the host, with a route for each HTTP function: invokes the function through the stream
/// and forwards the request to the worker's own endpoint, which joins the two by the invocation's id.
/// </summary>
public sealed class HttpFrontEnd : IAsyncDisposable
{
    private const string InvocationIdHeader = "x-ms-invocation-id";

    private readonly FunctionRpcHost _host;
    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
        }
    );
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly WebApplication _app;
    private readonly IHttpForwarder _forwarder;

    private HttpFrontEnd(FunctionRpcHost host, string prefix)
    {
        _host = host;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddHttpForwarder();
        _app = builder.Build();
        _forwarder = _app.Services.GetRequiredService<IHttpForwarder>();
        foreach (var function in host.Functions.Values.Where(function => function.TriggerType == "httpTrigger"))
            _app.MapMethods(
                $"{prefix}/{function.Text("route") ?? function.Name}",
                function.Trigger["methods"]!.AsArray().Select(method => (string)method!),
                (HttpContext context) => ForwardAsync(context, function)
            );
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>
    /// The invocations that failed, and the requests that did not get through. The caller may have got an answer.
    /// </summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <param name="folder">The application's folder: its host.json has the prefix of all routes.</param>
    public static async Task<HttpFrontEnd> StartAsync(
        FunctionRpcHost host,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var settings = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), cancellationToken)
        )!;
        var prefix = (string?)settings["extensions"]?["http"]?["routePrefix"] ?? "api";
        var frontEnd = new HttpFrontEnd(host, prefix);
        await frontEnd._app.StartAsync(cancellationToken);
        return frontEnd;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>
    /// Waits until the worker listens: it loads its functions before that. Microsoft's host tries again, too.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                socket.Dispose();
                await pause.WaitForNextTickAsync(cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async Task ForwardAsync(HttpContext context, LoadedFunction function)
    {
        var request = Invocations.Http(function, context.Request.RouteValues);
        var invoking = _host.InvokeAsync(request, context.RequestAborted);
        context.Request.Headers[InvocationIdHeader] = request.InvocationId;
        var error = await _forwarder.SendAsync(context, _host.Capabilities["HttpUri"], _client);
        var result = (await invoking).Result;
        if (error != ForwarderError.None || result.Status != StatusResult.Types.Status.Success)
            _failures.Enqueue($"{function.Name}: {error}, {result.Status} {result.Exception?.Message}");
    }
}
