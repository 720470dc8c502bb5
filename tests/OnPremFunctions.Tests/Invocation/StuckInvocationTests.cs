using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Moq;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Invocation;

public sealed class StuckInvocationTests : KafkaTest
{
    private readonly FakeTimeProvider _time = new();
    private readonly Stubborn _stubborn = new();

    [Fact]
    public async Task A_function_that_ignores_its_timeout_is_reported_once_and_fails_liveness_until_it_returns()
    {
        await using var host = await StartAsync("00:01:00");
        var answer = host.GetAsync("/api/deaf");
        var invocation = await _stubborn.Called.Task;

        _time.Advance(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/live")).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.GetAsync("/healthz/live")).StatusCode);
        _time.Advance(TimeSpan.FromHours(1));

        var line = Assert.Single(
            host.Logs.Lines,
            static line => line.Text.StartsWith("Deaf ignores its cancellation", StringComparison.Ordinal)
        );
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains($"InvocationId:{invocation}", line.Text, StringComparison.Ordinal);

        _stubborn.Gate.SetResult();
        await answer;
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/live")).StatusCode);
    }

    [Fact]
    public async Task A_function_that_returns_within_the_grace_period_is_not_reported()
    {
        await using var host = await StartAsync("00:01:00");
        var answer = host.GetAsync("/api/deaf");
        await _stubborn.Called.Task;

        _time.Advance(TimeSpan.FromMinutes(1));
        _stubborn.Gate.SetResult();
        await answer;
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/live")).StatusCode);
        Assert.DoesNotContain(
            host.Logs.Lines,
            static line => line.Text.Contains("ignores its cancellation", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Without_a_timeout_a_function_may_run_without_limit()
    {
        await using var host = await StartAsync("-1");
        var answer = host.GetAsync("/api/deaf");
        await _stubborn.Called.Task;

        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/live")).StatusCode);
        _stubborn.Gate.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task A_dead_letter_handler_that_exceeds_the_timeout_is_cancelled_and_called_again()
    {
        var handler = new Mock<IKafkaDeadLetterHandler>();
        handler
            .Setup(static it => it.HandleAsync(It.IsAny<KafkaDeadLetter>(), It.IsAny<CancellationToken>()))
            .Returns(
                (KafkaDeadLetter _, CancellationToken token) =>
                    handler.Invocations.Count == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, token) : Task.CompletedTask
            );
        Inbox.Handle = static _ => throw new PermanentFailureException();
        await using var host = await StartAsync(
            KafkaFunctions.One,
            withDeadLetters: false,
            configure: builder => builder.Services.AddSingleton(handler.Object),
            timeout: "00:00:00.2"
        );

        await ProduceAsync(("a", "bad"));
        await Eventually.TrueAsync(() => Committed() == 1, "the record is dead-lettered and committed");

        Assert.Equal(2, handler.Invocations.Count);
    }

    [Fact]
    public async Task A_dead_letter_handler_that_ignores_its_timeout_fails_liveness()
    {
        Inbox.Handle = static _ => throw new PermanentFailureException();
        await using var host = await StartAsync(
            KafkaFunctions.One,
            withDeadLetters: false,
            configure: builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
                builder.Services.AddSingleton<IKafkaDeadLetterHandler>(_stubborn);
            },
            timeout: "00:01:00"
        );
        await ProduceAsync(("a", "bad"));
        await _stubborn.Called.Task;

        _time.Advance(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains(
            host.Logs.Lines,
            line => line.Text.EndsWith($"(dead letter {Topic} [0] @0)", StringComparison.Ordinal)
        );
        using var live = await host.GetAsync("/healthz/live");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.StatusCode);
        _stubborn.Gate.SetResult();
    }

    private async Task<TestHost> StartAsync(string timeout) =>
        await TestHost.StartAsync(
            [typeof(Functions)],
            new() { ["AzureFunctionsJobHost:functionTimeout"] = timeout },
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
                builder.Services.AddSingleton(_stubborn);
            }
        );

    /// <summary>Returns when its gate opens and ignores its token.</summary>
    private sealed class Stubborn : IKafkaDeadLetterHandler
    {
        public TaskCompletionSource<string> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task RunAsync(string call)
        {
            Called.TrySetResult(call);
            return Gate.Task;
        }

        public Task HandleAsync(KafkaDeadLetter deadLetter, CancellationToken cancellationToken) =>
            RunAsync("dead letter");
    }

    private sealed class Functions(Stubborn stubborn)
    {
        [Function("Deaf")]
        public async Task<IResult> Deaf(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request,
            FunctionContext context
        )
        {
            await stubborn.RunAsync(context.InvocationId);
            return Results.Ok();
        }
    }
}
