using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Moq;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>An HTTP function without an authentication attribute is neither started nor called.</summary>
public sealed class AuthenticationTests
{
    [Fact]
    public async Task A_worker_with_a_function_that_names_no_authentication_does_not_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(typeof(Unmarked), typeof(MarkedTwice), typeof(Marked))
        );

        Assert.Equal(
            ["Unmarked", "MarkedTwice"],
            failure.Failures.Select(fault => fault.Split("HTTP function ")[1].Split(" must have exactly one of ")[0])
        );
    }

    [Fact]
    public async Task A_worker_whose_functions_all_name_their_authentication_starts() =>
        await StartAsync(typeof(Marked));

    [Fact]
    public void Every_HTTP_function_of_the_worker_names_its_authentication()
    {
        var table = new AuthenticationTable();
        table.Add(typeof(WorkerServices).Assembly.GetTypes());

        Assert.Empty(table.Validate(new(table)));
        var byKind = CoffeeBuddy
            .Sandbox.Workers.WorkerRoles.Functions[CoffeeBuddy.Sandbox.Workers.WorkerRoles.Http]
            .ToLookup(function => table.Of(function)?.GetType());
        Assert.Equal(
            ["SlackCommands", "SlackEvents", "SlackInteractions"],
            byKind[typeof(SlackSignedAttribute)].Order(StringComparer.Ordinal)
        );
        Assert.Equal(["OpenApiDocument"], byKind[typeof(AnonymousAttribute)]);
        Assert.Equal(8, byKind[typeof(BearerTokenAttribute)].Count());
        Assert.Empty(byKind[null]);
    }

    [Fact]
    public async Task A_function_that_is_not_in_the_table_is_refused_and_not_called()
    {
        var function = new Mock<FunctionDefinition>();
        function.SetupGet(definition => definition.Name).Returns("Unmarked");
        var context = new Mock<FunctionContext>();
        context.SetupGet(invocation => invocation.FunctionDefinition).Returns(function.Object);
        context
            .SetupGet(invocation => invocation.Items)
            .Returns(new Dictionary<object, object> { ["HttpRequestContext"] = new DefaultHttpContext() });
        var middleware = new AuthenticationMiddleware(
            Options.Create(new AuthenticationTable()),
            slackSignature: null!,
            bearerToken: null!,
            limits: null!
        );
        var called = false;

        var refusal = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            middleware.Invoke(
                context.Object,
                _ =>
                {
                    called = true;
                    return Task.CompletedTask;
                }
            )
        );

        Assert.Equal(401, refusal.Status);
        Assert.False(called);
    }

    private static async Task StartAsync(params Type[] functions)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["Oidc:Authority"] = "https://issuer.example.com/";
        builder.Configuration["Oidc:Audience"] = "coffeebuddy";
        builder.Services.AddSecurity(builder.Configuration, functions);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static class Unmarked
    {
        [Function(nameof(Unmarked))]
        public static void Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) { }
    }

    private static class MarkedTwice
    {
        [Function(nameof(MarkedTwice))]
        [BearerToken]
        [Anonymous]
        public static void Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) { }
    }

    private static class Marked
    {
        [Function(nameof(Marked))]
        [BearerToken]
        public static void Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) { }

        [Function("Timer")]
        public static void Sweep([TimerTrigger("* * * * * *")] TimerInfo timer) { }
    }
}
