using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.Page;
using SlackSimulator.People;
using SlackSimulator.ToApp;
using SlackSimulator.WebApi;

namespace SlackSimulator;

/// <summary>A running Slack workspace on a loopback port: the page at <c>/</c>, Web API at <c>/api/</c>, the person's API and the controls at <c>/sim/</c>.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app, Uri baseAddress)
    {
        _app = app;
        BaseAddress = baseAddress;
    }

    /// <summary>Such as <c>http://127.0.0.1:5080/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>What an SDK takes as Slack's address: <see cref="BaseAddress"/> and <c>api/</c>.</summary>
    public Uri ApiAddress => new(BaseAddress, "api/");

    /// <summary>Who and what is in the workspace.</summary>
    public Workspace State => _app.Services.GetRequiredService<Workspace>();

    public WorkspaceClock Clock => _app.Services.GetRequiredService<WorkspaceClock>();

    public TrafficLog Traffic => _app.Services.GetRequiredService<TrafficLog>();

    public FaultBook Faults => _app.Services.GetRequiredService<FaultBook>();

    /// <summary>Starts listening; the workspace is ready when this returns.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SimulatorServer> StartAsync(
        SimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        // Nothing from the surroundings: neither the settings file nor the environment of the process it runs in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (options.LogToConsole)
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        AddServices(builder.Services, options);

        var app = builder.Build();
        app.Use(AnswerErrorsAsync);
        app.UseWebSockets();
        Map(app);
        await app.StartAsync(cancellationToken);
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var baseAddress = new Uri(address.TrimEnd('/') + "/");
        app.Services.GetRequiredService<ServerAddress>().Value = baseAddress;
        return new SimulatorServer(app, baseAddress);
    }

    /// <summary>Changes the app's settings, such as the addresses of a worker that has just started; see <c>PUT /sim/app</c>.</summary>
    public void Configure(Func<AppOptions, AppOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var settings = _app.Services.GetRequiredService<AppSettings>();
        settings.Set(change);
        _app.Services.GetRequiredService<ChangeLog>().Publish("app", settings.Describe());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.Services.GetRequiredService<BackgroundWork>().DisposeAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static void AddServices(IServiceCollection services, SimulatorOptions options) =>
        services
            .AddRouting()
            .AddSingleton<IHostLifetime, NoSignals>()
            .AddSingleton(options)
            .AddSingleton(new ServerAddress())
            .AddSingleton(new WorkspaceClock(options.TimeProvider))
            .AddSingleton(new AppSettings(options.App))
            .AddSingleton<ChangeLog>()
            .AddSingleton(provider => new TrafficLog(options.TrafficCapacity, provider.GetRequiredService<ChangeLog>()))
            .AddSingleton<FaultBook>()
            .AddSingleton(provider => new Workspace(
                options,
                provider.GetRequiredService<WorkspaceClock>(),
                provider.GetRequiredService<AppSettings>(),
                provider.GetRequiredService<ChangeLog>()
            ))
            .AddSingleton<Triggers>()
            .AddSingleton<ViewBoard>()
            .AddSingleton<MessageBoard>()
            .AddSingleton<Membership>()
            .AddSingleton<HttpTransport>()
            .AddSingleton<SocketMode>()
            .AddSingleton<AppDelivery>()
            .AddSingleton<BackgroundWork>()
            .AddSingleton<EventDelivery>()
            .AddSingleton<ResponseUrls>()
            .AddSingleton<RateLimiter>()
            .AddSingleton<ChannelAccess>()
            .AddSingleton<MethodTable>()
            .AddSingleton<WebApiEndpoint>()
            .AddSingleton<TeamMethods>()
            .AddSingleton<ChatMethods>()
            .AddSingleton<ConversationMethods>()
            .AddSingleton<UserMethods>()
            .AddSingleton<ViewMethods>()
            .AddSingleton<Lookup>()
            .AddSingleton<Payloads>()
            .AddSingleton<Commands>()
            .AddSingleton<Actions>()
            .AddSingleton<Views>()
            .AddSingleton<Conversations>()
            .AddSingleton<ReadMarks>()
            .AddSingleton<PeopleEndpoints>()
            .AddSingleton<WorkspaceEndpoints>()
            .AddSingleton<ControlEndpoints>()
            .AddSingleton<PageFiles>()
            .AddSingleton<PageEndpoints>();

    private static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<WebApiEndpoint>().Map(app);
        app.Services.GetRequiredService<ResponseUrls>().Map(app);
        app.Services.GetRequiredService<SocketMode>().Map(app);
        app.Services.GetRequiredService<PeopleEndpoints>().Map(app);
        app.Services.GetRequiredService<WorkspaceEndpoints>().Map(app);
        app.Services.GetRequiredService<ControlEndpoints>().Map(app);
        app.Services.GetRequiredService<PageEndpoints>().Map(app);
    }

    private static async Task AnswerErrorsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (SimError error)
        {
            await context.WriteJsonAsync(
                new JsonObject
                {
                    ["ok"] = false,
                    ["error"] = error.Error,
                    ["detail"] = error.Message,
                },
                error.Status
            );
        }
    }

    /// <summary>Whose process it runs in decides what Ctrl+C and SIGTERM do.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
