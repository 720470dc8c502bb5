using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Http;

public sealed class HttpFunctionTests
{
    [Fact]
    public async Task A_request_is_answered_by_the_function_of_its_route_and_method()
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));
        var id = Guid.NewGuid();

        Assert.Equal($"run {id} of ann", await host.TextAsync($"/api/runs/{id}/people/ann"));
        Assert.Equal("static Named", await host.TextAsync("/api/named"));

        using var posted = await host.Http.PostAsync(
            "/api/echo",
            new StringContent("hot", Encoding.UTF8),
            TestContext.Current.CancellationToken
        );
        Assert.Equal("hot", await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/api/runs/not-a-guid/people/ann", HttpStatusCode.NotFound)]
    [InlineData("/api/counts/many", HttpStatusCode.BadRequest)]
    [InlineData("/api/counts/5", HttpStatusCode.OK)]
    [InlineData("/api/counts", HttpStatusCode.OK)]
    [InlineData("/api/echo", HttpStatusCode.MethodNotAllowed)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/silent", HttpStatusCode.OK)]
    [InlineData("/api/later", HttpStatusCode.Accepted)]
    public async Task A_request_gets_the_status_of_its_route(string path, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        using var response = await host.GetAsync(path);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/nothing", 404)]
    [InlineData("/api/echo", 405)]
    public async Task A_request_without_a_function_gets_a_problem_body(string path, int status)
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        using var response = await host.GetAsync(path);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            status,
            JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))![
                "status"
            ]!.GetValue<int>()
        );
    }

    [Fact]
    public async Task The_route_prefix_of_host_json_applies_to_every_route()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Routes)],
            hostJson: """{ "version": "2.0", "extensions": { "http": { "routePrefix": "v2/x" } } }"""
        );

        Assert.Equal("static Named", await host.TextAsync("/v2/x/named"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/api/named")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/host/ping")).StatusCode);
    }

    [Fact]
    public async Task The_configuration_overrides_host_json()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Routes)],
            new() { ["AzureFunctionsJobHost:extensions:http:routePrefix"] = "" },
            hostJson: """{ "version": "2.0", "extensions": { "http": { "routePrefix": "from-file" } } }"""
        );

        Assert.Equal("static Named", await host.TextAsync("/named"));
    }

    [Fact]
    public async Task An_exception_is_logged_once_and_not_shown_to_the_caller()
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/broken");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains(
            "0af7651916cd43dd8448eb211c80319c",
            JsonDocument.Parse(body).RootElement.GetProperty("traceId").GetString(),
            StringComparison.Ordinal
        );
        var line = Assert.Single(host.Logs.Lines, static line => line.Exception is not null);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", line.TraceId);
        Assert.Contains("FunctionName:Broken InvocationId:", line.Scopes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_gets_the_trace_of_its_request()
    {
        await using var host = await TestHost.StartAsync(typeof(Routes));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/trace");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_function_that_exceeds_its_timeout_is_cancelled_and_answered_with_503()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Routes)],
            new() { ["AzureFunctionsJobHost:functionTimeout"] = "00:00:00.100" }
        );

        using var response = await host.GetAsync("/api/endless");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(
            1,
            await host.MetricAsync("""functions_invocations_total{function="Endless",outcome="timeout"}""")
        );
    }

    [Fact]
    public async Task A_complete_response_that_was_written_after_the_timeout_is_delivered()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Routes)],
            new() { ["AzureFunctionsJobHost:functionTimeout"] = "00:00:00.100" }
        );

        Assert.Equal("halfwhole", await host.TextAsync("/api/late"));
        Assert.Equal(1, await host.MetricAsync("""functions_invocations_total{function="Late",outcome="timeout"}"""));
    }

    [Fact]
    public async Task A_partial_response_is_aborted()
    {
        var gate = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            [typeof(Routes)],
            configure: builder => builder.Services.AddSingleton(gate)
        );

        using var response = await host.Http.GetAsync(
            "/api/half",
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        gate.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        await Eventually.TrueAsync(
            async () => await ResponsesAsync(host, "Half", "aborted") == 1,
            "the response is counted as aborted"
        );
        Assert.Equal(0, await ResponsesAsync(host, "Half", "200"));
    }

    [Theory]
    [InlineData("Silent", "200")]
    [InlineData("Later", "202")]
    [InlineData("Broken", "500")]
    public async Task A_response_is_counted_by_its_status(string function, string status)
    {
        await using var host = await TestHost.StartAsync([typeof(Routes)]);
        var before = await ResponsesAsync(host, function, status);
        Assert.Equal(0, await ResponsesAsync(host, function, "503"));

        (await host.GetAsync($"/api/{function}")).Dispose();

        await Eventually.TrueAsync(
            async () => await ResponsesAsync(host, function, status) == before + 1,
            "the response is counted"
        );
    }

    [Fact]
    public async Task A_request_whose_client_gave_up_is_counted_as_aborted()
    {
        await using var host = await TestHost.StartAsync([typeof(Routes)]);
        using var client = new CancellationTokenSource();

        var request = host.Http.GetAsync("/api/endless", client.Token);
        await Eventually.TrueAsync(
            async () => await host.MetricAsync("""functions_in_flight{function="Endless"}""") == 1,
            "the function runs"
        );
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Eventually.TrueAsync(
            async () => await ResponsesAsync(host, "Endless", "aborted") == 1,
            "the request is counted as aborted"
        );
    }

    [Fact]
    public async Task An_error_response_of_a_stopping_host_has_Connection_close_too()
    {
        await using var host = await TestHost.StartAsync([typeof(Routes)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/brokenEcho")
        {
            Content = new Slowly(() => host.Services.GetRequiredService<HostState>().Drain()),
        };

        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.InternalServerError, true), (answer.StatusCode, answer.Headers.ConnectionClose));
    }

    /// <summary>Counted for all hosts of this process; 0 before the first.</summary>
    private static async Task<double> ResponsesAsync(TestHost host, string function, string status)
    {
        var count = await host.MetricAsync(
            $$"""functions_http_responses_total{function="{{function}}",status="{{status}}"}"""
        );
        return double.IsNaN(count) ? 0 : count;
    }

    /// <summary>A request body that runs an action after the request has begun.</summary>
    private sealed class Slowly(Action meanwhile) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("some"u8.ToArray());
            await stream.FlushAsync();
            meanwhile();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static class Routes
    {
        [Function("Late")]
        public static async Task Late(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            await request.HttpContext.Response.WriteAsync("half", CancellationToken.None);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await request.HttpContext.Response.WriteAsync("whole", CancellationToken.None);
        }

        [Function("Half")]
        public static async Task Half(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            await request.HttpContext.Response.WriteAsync("half", cancellationToken);
            await request.HttpContext.Response.Body.FlushAsync(cancellationToken);
            await request.HttpContext.RequestServices.GetRequiredService<TaskCompletionSource>().Task;
            throw new InvalidOperationException("no more");
        }

        [Function("BrokenEcho")]
        public static async Task BrokenEcho(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            await request.Body.CopyToAsync(Stream.Null, cancellationToken);
            throw new InvalidOperationException("no echo");
        }

        [Function("Person")]
        public static IResult Person(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "runs/{runId:guid}/people/{userId}")]
                HttpRequest request,
            Guid runId,
            string userId
        ) => Results.Text($"run {runId} of {userId}");

        [Function("Named")]
        public static ValueTask<IResult> Named(
            [HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request,
            FunctionContext context
        ) => new(Results.Text($"static {context.FunctionDefinition.Name}"));

        [Function("Echo")]
        public static async Task<IResult> Echo(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request,
            CancellationToken cancellationToken
        ) => Results.Text(await new StreamReader(request.Body).ReadToEndAsync(cancellationToken));

        [Function("Count")]
        public static IResult Count(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "counts/{count?}")] HttpRequest request,
            int? count
        ) => Results.Text($"{count}");

        [Function("Silent")]
        public static void Silent([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) { }

        [Function("Later")]
        public static Task Later(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            FunctionContext context
        )
        {
            context.GetHttpContext()!.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }

        [Function("Broken")]
        public static IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) =>
            throw new InvalidOperationException("a secret");

        [Function("Trace")]
        public static IResult Trace(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            FunctionContext context
        ) => Results.Text(context.TraceContext.TraceParent);

        [Function("Endless")]
        public static Task Endless(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            CancellationToken cancellationToken
        ) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
