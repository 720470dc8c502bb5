using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Middleware_runs_in_the_order_it_was_added()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Functions)],
            configure: static builder =>
            {
                builder.Services.AddScoped<Steps>();
                builder.UseMiddleware<Outer>();
                builder.UseMiddleware(
                    static async (context, next) =>
                    {
                        context.InstanceServices.GetRequiredService<Steps>().Add("inner");
                        await next();
                    }
                );
            }
        );

        using var response = await host.GetAsync("/api/steps");

        Assert.Equal(
            "outer,inner,function",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal("yes", response.Headers.GetValues("after").Single());
    }

    [Fact]
    public async Task Middleware_shares_features_and_items_of_one_invocation()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Functions)],
            configure: static builder =>
            {
                builder.Services.AddScoped<Steps>();
                builder.UseMiddleware(
                    static async (context, next) =>
                    {
                        Assert.Null(context.Features.Get<Marker>());
                        Assert.Empty(context.Features);
                        context.Features.Set(new Marker("feature"));
                        context.Items["item"] = "item";
                        await next();
                    }
                );
                builder.UseMiddleware(
                    static async (context, next) =>
                    {
                        context
                            .InstanceServices.GetRequiredService<Steps>()
                            .Add($"{context.Features.Get<Marker>()!.Text},{context.Items["item"]}");
                        await next();
                    }
                );
            }
        );

        Assert.Equal("feature,item,function", await host.TextAsync("/api/steps"));
        Assert.Equal("feature,item,function", await host.TextAsync("/api/steps"));
    }

    [Fact]
    public async Task A_middleware_can_answer_without_calling_the_function()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Functions)],
            configure: static builder =>
            {
                builder.Services.AddScoped<Steps>();
                builder.UseWhen<Gate>(static context => context.FunctionDefinition.Name == "Guarded");
            }
        );

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/api/guarded")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/api/steps")).StatusCode);
    }

    [Fact]
    public async Task A_middleware_can_turn_an_exception_into_a_response()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Functions)],
            configure: static builder =>
            {
                builder.Services.AddScoped<Steps>();
                builder.UseMiddleware(
                    static async (context, next) =>
                    {
                        try
                        {
                            await next();
                        }
                        catch (TimeoutException)
                        {
                            context.GetHttpContext()!.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                        }
                    }
                );
            }
        );

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.GetAsync("/api/throws")).StatusCode);
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Exception is not null);
    }

    [Fact]
    public async Task Scoped_services_are_created_and_disposed_per_invocation()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Functions)],
            configure: static builder => builder.Services.AddScoped<Steps>()
        );
        var before = Steps.Disposed;

        Assert.Equal("function", await host.TextAsync("/api/steps"));
        Assert.Equal("function", await host.TextAsync("/api/steps"));

        await Eventually.TrueAsync(() => Steps.Disposed >= before + 2, "both invocations' services are disposed");
    }

    private sealed record Marker(string Text);

    private sealed class Steps : IDisposable
    {
        private static int _disposed;
        private readonly List<string> _steps = [];

        public static int Disposed => Volatile.Read(ref _disposed);

        public void Add(string step) => _steps.Add(step);

        public override string ToString() => string.Join(',', _steps);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }

    private sealed class Outer : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.InstanceServices.GetRequiredService<Steps>().Add("outer");
            await next(context);
            context.GetHttpContext()!.Response.Headers["after"] = "yes";
        }
    }

    private sealed class Gate : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
            Results.Unauthorized().ExecuteAsync(context.GetHttpContext()!);
    }

    private sealed class Functions(Steps steps)
    {
        [Function("Steps")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "steps")] HttpRequest request)
        {
            steps.Add("function");
            return Results.Text(steps.ToString());
        }

        [Function("Guarded")]
        public static IResult Guarded([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
            Results.Ok();

        [Function("Throws")]
        public static IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
            throw new TimeoutException();
    }
}
