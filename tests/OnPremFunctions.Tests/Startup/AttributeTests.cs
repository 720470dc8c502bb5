using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Startup;

/// <summary>Properties of Microsoft's attributes that a host has to know.</summary>
public sealed class AttributeTests
{
    [Theory]
    [InlineData(typeof(NoArguments), "Function")]
    [InlineData(typeof(MethodsOnly), "Function")]
    [InlineData(typeof(FunctionLevel), "Function")]
    [InlineData(typeof(AdminLevel), "Admin")]
    public async Task An_authorization_level_other_than_Anonymous_is_refused(Type function, string level)
    {
        var refused = await TestHost.RefusedAsync([function]);

        Assert.Equal(
            $"Function Run ({function.Name}.Run): its authorization level is {level}, but this host has no function keys: "
                + "use AuthorizationLevel.Anonymous and authenticate in a middleware.",
            Assert.Single(refused.Faults)
        );
    }

    [Fact]
    public async Task A_trigger_without_methods_answers_all_methods()
    {
        await using var host = await TestHost.StartAsync(typeof(AnyMethod));

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Patch])
        {
            using var request = new HttpRequestMessage(method, "/api/run");
            using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(typeof(UnreadableDelay), "FixedDelayRetryAttribute")]
    [InlineData(typeof(NegativeDelay), "FixedDelayRetryAttribute")]
    [InlineData(typeof(ReversedDelays), "ExponentialBackoffRetryAttribute")]
    [InlineData(typeof(ThrowingTrigger), "QueueTriggerAttribute")]
    public async Task An_attribute_whose_constructor_throws_is_a_startup_fault(Type function, string attribute)
    {
        var refused = await TestHost.RefusedAsync([function]);

        Assert.StartsWith(
            $"Function Run ({function.Name}.Run): its {attribute} is not valid: ",
            refused.Faults[0],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trigger_of_another_kind_is_refused()
    {
        var refused = await TestHost.RefusedAsync([typeof(OtherTrigger)]);

        Assert.Equal(
            "Function Run (OtherTrigger.Run): this host does not support its QueueTriggerAttribute.",
            Assert.Single(refused.Faults)
        );
    }

    private static class NoArguments
    {
        [Function("Run")]
        public static void Run([HttpTrigger] HttpRequest request) { }
    }

    private static class MethodsOnly
    {
        [Function("Run")]
        public static void Run([HttpTrigger("get", "post")] HttpRequest request) { }
    }

    private static class FunctionLevel
    {
        [Function("Run")]
        public static void Run([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) { }
    }

    private static class AdminLevel
    {
        [Function("Run")]
        public static void Run([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) { }
    }

    private static class AnyMethod
    {
        [Function("Run")]
        public static void Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) { }
    }

    private static class UnreadableDelay
    {
        [Function("Run")]
        [FixedDelayRetry(3, "soon")]
        public static void Run([TimerTrigger("00:01:00")] TimerInfo timer) { }
    }

    private static class NegativeDelay
    {
        [Function("Run")]
        [FixedDelayRetry(3, "-00:00:01")]
        public static void Run([TimerTrigger("00:01:00")] TimerInfo timer) { }
    }

    private static class ReversedDelays
    {
        [Function("Run")]
        [ExponentialBackoffRetry(3, "00:01:00", "00:00:01")]
        public static void Run([TimerTrigger("00:01:00")] TimerInfo timer) { }
    }

    private static class ThrowingTrigger
    {
        [Function("Run")]
        public static void Run([QueueTrigger("")] string message) { }
    }

    private static class OtherTrigger
    {
        [Function("Run")]
        public static void Run([QueueTrigger("orders")] string message) { }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class QueueTriggerAttribute : TriggerBindingAttribute
    {
        public QueueTriggerAttribute(string queue) => ArgumentException.ThrowIfNullOrEmpty(queue);
    }
}
