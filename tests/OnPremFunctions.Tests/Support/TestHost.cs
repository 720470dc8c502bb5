using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Tests.Support;

/// <summary>A functions host on a free port with the functions of the given classes.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly DirectoryInfo _contentRoot;

    private TestHost(FunctionsHost host, DirectoryInfo contentRoot, LogCapture logs)
    {
        Host = host;
        Logs = logs;
        _contentRoot = contentRoot;
    }

    public FunctionsHost Host { get; }

    public LogCapture Logs { get; }

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => Host.Services;

    public static Task<TestHost> StartAsync(params Type[] functions) => StartAsync(functions, settings: null);

    public static async Task<TestHost> StartAsync(
        Type[] functions,
        Dictionary<string, string?>? settings = null,
        Action<FunctionsApplicationBuilder>? configure = null,
        string? hostJson = null
    )
    {
        var contentRoot = Directory.CreateTempSubdirectory("onprem-");
        if (hostJson is not null)
            await File.WriteAllTextAsync(
                Path.Combine(contentRoot.FullName, "host.json"),
                hostJson,
                TestContext.Current.CancellationToken
            );

        var builder = FunctionsApplication.CreateBuilder([
            $"--urls={settings?.GetValueOrDefault("urls") ?? "http://127.0.0.1:0"}",
        ]);
        builder.Environment.ContentRootPath = contentRoot.FullName;
        var logs = new LogCapture();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.UseFunctionsFrom(functions);
        configure?.Invoke(builder);

        var host = new TestHost(builder.BuildOnPremHost(), contentRoot, logs);
        try
        {
            await host.Host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Http.BaseAddress = new Uri(host.Host.Urls.First());
        return host;
    }

    /// <summary>Starts a host that must fail to start.</summary>
    public static async Task<FunctionsStartupException> RefusedAsync(
        Type[] functions,
        Dictionary<string, string?>? settings = null,
        Action<FunctionsApplicationBuilder>? configure = null,
        string? hostJson = null
    ) =>
        await Assert.ThrowsAsync<FunctionsStartupException>(async () =>
        {
            await using var host = await StartAsync(functions, settings, configure, hostJson);
        });

    public Task<HttpResponseMessage> GetAsync(string path) =>
        Http.GetAsync(path, TestContext.Current.CancellationToken);

    public Task<string> TextAsync(string path) => Http.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async Task ReadyAsync() =>
        await Eventually.TrueAsync(
            async () => (await GetAsync("/healthz/ready")).IsSuccessStatusCode,
            "the host is ready"
        );

    public async Task<double> MetricAsync(string nameAndLabels)
    {
        var lines = (await TextAsync("/metrics")).Split('\n');
        var line = Array.Find(lines, line => line.StartsWith($"{nameAndLabels} ", StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line[(line.LastIndexOf(' ') + 1)..]);
    }

    public Task StopAsync() => Host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        _contentRoot.Delete(recursive: true);
    }
}
