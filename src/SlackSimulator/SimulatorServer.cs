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

/// <summary>
/// A running Slack workspace on a loopback port. It serves the page at <c>/</c>, Slack's Web API at <c>/api/</c>, and
/// at <c>/sim/</c> an API to act as a person and to control the simulator. Several can run in one process. Dispose it
/// to stop it.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorServer(WebApplication app, Uri baseAddress)
    {
        _app = app;
        BaseAddress = baseAddress;
    }

    /// <summary>The address of the page, such as <c>http://127.0.0.1:5080/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>
    /// The address of the Web API, <c>api/</c> below <see cref="BaseAddress"/>. In Slack's SDKs it is
    /// <c>slackApiUrl</c>.
    /// </summary>
    public Uri ApiAddress => new(BaseAddress, "api/");

    /// <summary>The people, channels and messages of the workspace.</summary>
    public Workspace State => _app.Services.GetRequiredService<Workspace>();

    /// <summary>The workspace's clock, which can be moved ahead.</summary>
    public WorkspaceClock Clock => _app.Services.GetRequiredService<WorkspaceClock>();

    /// <summary>The requests in both directions between the app and the workspace.</summary>
    public TrafficLog Traffic => _app.Services.GetRequiredService<TrafficLog>();

    /// <summary>Makes chosen calls of the app fail.</summary>
    public FaultInjector Faults => _app.Services.GetRequiredService<FaultInjector>();

    /// <summary>Starts a workspace. When the task completes, the workspace accepts requests.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<SimulatorServer> StartAsync(
        SimulatorOptions options,
        CancellationToken cancellationToken = default
    )
    {
        // An empty builder reads neither appsettings.json nor environment variables of the hosting process.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (options.LogToConsole)
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        AddServices(builder.Services, options);

        var app = builder.Build();
        app.Use(AnswerErrorsAsync);
        app.Use(app.Services.GetRequiredService<OriginCheck>().InvokeAsync);
        app.UseWebSockets();
        Map(app);
        await app.StartAsync(cancellationToken);
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        var baseAddress = new Uri(address.TrimEnd('/') + "/");
        app.Services.GetRequiredService<ServerAddress>().Value = options.PublicAddress ?? baseAddress;
        return new SimulatorServer(app, baseAddress);
    }

    /// <summary>
    /// Changes the app's settings while the workspace runs, such as its URLs once its port is known. Same as <c>PUT
    /// /sim/app</c>.
    /// </summary>
    /// <param name="change">Takes the current settings and returns the new ones.</param>
    public void Configure(Func<AppOptions, AppOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var settings = _app.Services.GetRequiredService<AppSettings>();
        settings.Set(change);
        _app.Services.GetRequiredService<ChangeLog>().Publish("app", settings.Describe());
    }

    /// <summary>
    /// Cancels deliveries to the app, closes open connections after at most 1 s, and stops listening.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _app.Services.GetRequiredService<BackgroundWork>().DisposeAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(timeout.Token);
        await _app.DisposeAsync();
    }

    private static void AddServices(IServiceCollection services, SimulatorOptions options) =>
        services
            .AddRouting()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JsonExtensions.Encoder)
            .AddSingleton<IHostLifetime, NoSignals>()
            .AddSingleton(options)
            .AddSingleton(new ServerAddress())
            .AddSingleton(new WorkspaceClock(options.TimeProvider))
            .AddSingleton(new AppSettings(options.App))
            .AddSingleton<ChangeLog>()
            .AddSingleton(provider => new TrafficLog(options.TrafficCapacity, provider.GetRequiredService<ChangeLog>()))
            .AddSingleton<FaultInjector>()
            .AddSingleton(provider => new Workspace(
                options,
                provider.GetRequiredService<WorkspaceClock>(),
                provider.GetRequiredService<AppSettings>(),
                provider.GetRequiredService<ChangeLog>(),
                provider.GetRequiredService<ServerAddress>()
            ))
            .AddSingleton<Triggers>()
            .AddSingleton<ViewStore>()
            .AddSingleton<MessageStore>()
            .AddSingleton<Membership>()
            .AddSingleton<ChannelChanges>()
            .AddSingleton<Reactions>()
            .AddSingleton<Pins>()
            .AddSingleton<Files>()
            .AddSingleton<UserGroups>()
            .AddSingleton<HttpTransport>()
            .AddSingleton<SocketMode>()
            .AddSingleton<AppDelivery>()
            .AddSingleton<BackgroundWork>()
            .AddSingleton<EventDelivery>()
            .AddSingleton<ResponseUrls>()
            .AddSingleton<Webhooks>()
            .AddWebApi()
            .AddSingleton<Lookup>()
            .AddSingleton<Payloads>()
            .AddSingleton<Commands>()
            .AddSingleton<Actions>()
            .AddSingleton<Shortcuts>()
            .AddSingleton<Suggestions>()
            .AddSingleton<Views>()
            .AddSingleton<Conversations>()
            .AddSingleton<ReadMarkers>()
            .AddSingleton<Responses>()
            .AddSingleton<Uploads>()
            .AddSingleton<PeopleEndpoints>()
            .AddSingleton<WorkspaceEndpoints>()
            .AddSingleton<ControlEndpoints>()
            .AddSingleton<OriginCheck>()
            .AddSingleton<PageFiles>()
            .AddSingleton<ConsentPage>()
            .AddSingleton<PageEndpoints>();

    private static void Map(WebApplication app)
    {
        app.Services.GetRequiredService<WebApiEndpoint>().Map(app);
        app.Services.GetRequiredService<FileTransfer>().Map(app);
        app.Services.GetRequiredService<ResponseUrls>().Map(app);
        app.Services.GetRequiredService<Webhooks>().Map(app);
        app.Services.GetRequiredService<SocketMode>().Map(app);
        app.Services.GetRequiredService<PeopleEndpoints>().Map(app);
        app.Services.GetRequiredService<WorkspaceEndpoints>().Map(app);
        app.Services.GetRequiredService<ControlEndpoints>().Map(app);
        app.Services.GetRequiredService<PageEndpoints>().Map(app);
        app.Services.GetRequiredService<ConsentPage>().Map(app);
        app.MapAvatars(app.Services.GetRequiredService<Workspace>());
    }

    private static async Task AnswerErrorsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (SimulatorError error)
        {
            await context.WriteJsonAsync(
                new JsonObject
                {
                    ["ok"] = false,
                    ["error"] = error.Code,
                    ["detail"] = error.Message,
                },
                error.Status
            );
        }
    }

    /// <summary>Leaves Ctrl+C and SIGTERM to the hosting process.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
