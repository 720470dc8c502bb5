using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

/// <summary>HTTP functions that are run for a request that did not come over HTTP.</summary>
public sealed class HttpFunctionDispatcherTests
{
    [Fact]
    public async Task A_function_runs_with_middleware_a_scope_of_its_own_and_metrics()
    {
        var scopes = new HashSet<object>();
        await using var host = await TestHost.StartAsync(
            [typeof(Echo)],
            configure: builder =>
            {
                builder.Services.AddScoped<Scope>();
                builder.UseMiddleware(
                    async (context, next) =>
                    {
                        var http = context.GetHttpContext()!;
                        scopes.Add(context.InstanceServices.GetRequiredService<Scope>());
                        http.Response.Headers["seen"] = http.Features.Get<Letter>()?.From;
                        await next();
                    }
                );
            }
        );
        var dispatcher = host.Services.GetRequiredService<HttpFunctionDispatcher>();

        foreach (var text in (string[])["one", "two"])
        {
            var http = Request(text);
            http.Features.Set(new Letter("a socket"));
            await dispatcher.InvokeAsync("echo", http);

            Assert.Equal(
                (200, text, "a socket"),
                (http.Response.StatusCode, Body(http), $"{http.Response.Headers["seen"]}")
            );
        }

        Assert.Equal(2, scopes.Count);
        Assert.Contains(
            "functions_invocations_total{function=\"Echo\",outcome=\"success\"} 2",
            await host.TextAsync("/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_failure_is_a_response_and_a_function_that_is_not_served_is_an_error_of_the_caller()
    {
        await using var host = await TestHost.StartAsync(typeof(Broken));
        var dispatcher = host.Services.GetRequiredService<HttpFunctionDispatcher>();
        var http = Request("");

        await dispatcher.InvokeAsync("Broken", http);

        Assert.Equal(500, http.Response.StatusCode);
        Assert.DoesNotContain("out of order", Body(http), StringComparison.Ordinal);
        Assert.True(dispatcher.Serves("Broken"));
        Assert.False(dispatcher.Serves("Echo"));
        await Assert.ThrowsAsync<ArgumentException>(() => dispatcher.InvokeAsync("Echo", Request("")));
    }

    private static DefaultHttpContext Request(string text) =>
        new()
        {
            Request = { Method = HttpMethods.Post, Body = new MemoryStream(Encoding.UTF8.GetBytes(text)) },
            Response = { Body = new MemoryStream() },
        };

    private static string Body(HttpContext http) =>
        Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());

    private sealed record Letter(string From);

    private sealed class Scope;
}

public sealed class Echo
{
    [Function(nameof(Echo))]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request
    )
    {
        using var reader = new StreamReader(request.Body);
        return TypedResults.Text(await reader.ReadToEndAsync());
    }
}

public sealed class Broken
{
    [Function(nameof(Broken))]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "broken")] HttpRequest request) =>
        throw new InvalidOperationException("out of order");
}
