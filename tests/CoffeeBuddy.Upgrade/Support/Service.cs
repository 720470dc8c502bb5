using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CoffeeBuddy.Upgrade.Support;

/// <summary>
/// Forwards requests to the workers in turn, as a Service of Kubernetes does: to those whose <c>/healthz/ready</c>
/// answers 200 and that are not being stopped. It repeats nothing: what a worker fails, the client sees.
/// </summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The chart's wait between the removal of a pod from its Service and SIGTERM (preStop).</summary>
    private static readonly TimeSpan PreStop = TimeSpan.FromSeconds(5);

    private static readonly string[] OfOneConnection = ["Host", "Connection", "Transfer-Encoding", "Keep-Alive"];

    private readonly WebApplication _app = LoopbackApp.Build();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Uri, Endpoint> _endpoints = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly Task _probing;
    private int _turn;

    private Service() => _probing = ProbeAsync();

    public Uri Address => _app.Address();

    /// <summary>Answers of 500 and above, connections that were refused or closed, and requests for which no worker was
    /// ready.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public int Requests => Volatile.Read(ref _turn);

    public bool IsReady => _endpoints.Values.Any(each => each.IsReady);

    public void ForgetFailures() => _failures.Clear();

    public static async Task<Service> StartAsync(CancellationToken cancellation)
    {
        var service = new Service();
        service._app.Run(service.ForwardAsync);
        await service._app.StartAsync(cancellation);
        return service;
    }

    /// <summary>Adds a worker. It gets requests when it is ready.</summary>
    public void Add(WorkerProcess worker) => _endpoints[worker.Address] = new(worker.Address, worker.ManagementAddress);

    /// <summary>Takes the worker out, and waits until it has answered what it has, at most as long as the chart
    /// waits.</summary>
    public async Task RemoveAsync(Uri worker)
    {
        if (!_endpoints.TryRemove(worker, out var endpoint))
            return;
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var began = TimeProvider.System.GetTimestamp(); endpoint.InFlight > 0; )
        {
            if (TimeProvider.System.GetElapsedTime(began) > PreStop)
                return;
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _probing;
        await _app.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ForwardAsync(HttpContext http)
    {
        var turn = Interlocked.Increment(ref _turn);
        var ready = _endpoints.Values.Where(each => each.IsReady).OrderBy(each => each.Address.Port).ToList();
        if (ready.Count == 0)
        {
            Fail(http, "no worker is ready");
            return;
        }

        var endpoint = ready[turn % ready.Count];
        endpoint.Enter();
        try
        {
            using var request = Copy(http.Request, endpoint.Address);
            using var response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseContentRead,
                http.RequestAborted
            );
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                _failures.Enqueue(
                    $"{http.Request.Path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}"
                );
            http.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                if (!OfOneConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
                    http.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (HttpRequestException exception)
        {
            Fail(http, $"{exception.HttpRequestError}: {exception.Message}");
        }
        catch (OperationCanceledException)
        {
            // The client has given up: Slack after 3 s.
        }
        finally
        {
            endpoint.Leave();
        }
    }

    private static HttpRequestMessage Copy(HttpRequest from, Uri worker)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(from.Method),
            new Uri(worker, $"{from.Path}{from.QueryString}")
        );
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(from.Body);
        foreach (var (name, values) in from.Headers)
        {
            if (OfOneConnection.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        return request;
    }

    private void Fail(HttpContext http, string why)
    {
        _failures.Enqueue($"{http.Request.Path}: {why}");
        http.Response.StatusCode = StatusCodes.Status502BadGateway;
    }

    private async Task ProbeAsync()
    {
        using var ticks = new PeriodicTimer(ProbeInterval);
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAll(_endpoints.Values.Select(ProbeAsync));
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task ProbeAsync(Endpoint endpoint)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri(endpoint.Management, "healthz/ready"), _stop.Token);
            endpoint.IsReady = response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            endpoint.IsReady = false;
        }
    }

    private sealed class Endpoint(Uri address, Uri management)
    {
        private int _inFlight;
        private volatile bool _isReady;

        public Uri Address => address;

        public Uri Management => management;

        public int InFlight => Volatile.Read(ref _inFlight);

        public bool IsReady
        {
            get => _isReady;
            set => _isReady = value;
        }

        public void Enter() => Interlocked.Increment(ref _inFlight);

        public void Leave() => Interlocked.Decrement(ref _inFlight);
    }
}
