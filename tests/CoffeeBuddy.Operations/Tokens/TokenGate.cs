using System.Collections.Concurrent;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>What the API answers to a request before its function is called: 200 when it would be called.</summary>
internal sealed record Admission(int Status, Caller? Caller, string? Challenge, TimeSpan? RetryAfter);

/// <summary>The check of the API's tokens as the worker has it, with a clock and an issuer of the test.</summary>
internal sealed class TokenGate : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IConfigurationRoot _configuration;

    public TokenGate(params (string Name, string? Value)[] settings)
        : this(settings, services: null) { }

    /// <param name="settings">Settings of the section Oidc.</param>
    /// <param name="services">Adds to the worker's services; null: nothing.</param>
    /// <param name="network">Whether the issuer is reached over HTTP, instead of <see cref="Issuer"/>.</param>
    public TokenGate(
        IEnumerable<(string Name, string? Value)> settings,
        Action<IServiceCollection>? services,
        bool network = false
    )
    {
        Issuer = new FakeIssuer(Time);
        _configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Oidc:Authority"] = FakeIssuer.Name,
                    ["Oidc:Audience"] = FakeIssuer.Audience,
                    ["Oidc:IntrospectionClientId"] = "worker",
                    ["Oidc:IntrospectionClientSecret"] = "secret",
                }
            )
            .AddInMemoryCollection(settings.ToDictionary(setting => "Oidc:" + setting.Name, setting => setting.Value))
            .Build();
        var all = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Time);
        all.AddSecurity(_configuration, functions: []);
        if (!network)
            all.AddHttpClient(SecurityModule.Issuer).ConfigurePrimaryHttpMessageHandler(() => Issuer);
        services?.Invoke(all);
        _services = all.BuildServiceProvider();
    }

    public TestTime Time { get; } = new();

    public FakeIssuer Issuer { get; }

    /// <summary>Changes a setting while the worker runs.</summary>
    public void Configure(string name, string value)
    {
        _configuration["Oidc:" + name] = value;
        _configuration.Reload();
    }

    public async Task<Admission> SendAsync(string token)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = $"Bearer {token}";
        try
        {
            var caller = await _services
                .GetRequiredService<BearerTokenCheck>()
                .AuthenticateAsync(http, TestContext.Current.CancellationToken);
            return new Admission(200, caller, null, null);
        }
        catch (RequestRefusedException refusal)
        {
            return new Admission(refusal.Status, null, refusal.Challenge, refusal.RetryAfter);
        }
    }

    public async Task<int> StatusAsync(string token) => (await SendAsync(token)).Status;

    public async ValueTask DisposeAsync()
    {
        Issuer.Hang?.TrySetResult();
        // Polly waits for what is under way, by this clock.
        await Time.DriveAsync(EndAsync());

        async Task<bool> EndAsync()
        {
            await _services.DisposeAsync();
            return true;
        }
    }
}

/// <summary>A clock that stands still unless the test moves it, and that knows what is waited for.</summary>
internal sealed class TestTime() : FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero))
{
    private readonly ConcurrentQueue<TimeSpan> _waits = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until this many waits of this length have begun.</summary>
    public Task WaitsAsync(TimeSpan length, int count = 1) => WaitsAsync(wait => wait == length, count);

    public Task WaitsAsync(Func<TimeSpan, bool> condition, int count) =>
        Eventually.TrueAsync(() => _waits.Count(condition) >= count, $"{count} such waits have begun");

    /// <summary>Moves the clock until the work is done.</summary>
    public async Task<T> DriveAsync<T>(Task<T> work)
    {
        await Eventually.TrueAsync(
            () =>
            {
                if (!work.IsCompleted)
                    Advance(TimeSpan.FromMilliseconds(500));
                return work.IsCompleted;
            },
            "the work is done"
        );
        return await work;
    }
}
