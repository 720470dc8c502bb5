using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Invocation;

public sealed class ScopeTests : KafkaTest
{
    private readonly Journal _journal = new();

    [Fact]
    public async Task Each_call_of_a_Kafka_function_has_its_own_scope_and_instance_inside_the_middleware()
    {
        _journal.FailFirst = true;
        await using var host = await StartAsync("TakeOne");

        await ProduceAsync(("a", "1"));

        // The first call throws; its scope and instance are disposed too.
        await WroteAsync(
            "around TakeOne",
            "call 1",
            "instance gone",
            "scope 1 gone",
            "around TakeOne",
            "call 2",
            "instance gone",
            "scope 2 gone"
        );
    }

    [Fact]
    public async Task Each_call_of_a_timer_function_has_its_own_scope_and_instance_inside_the_middleware()
    {
        await using var host = await StartAsync("Once");

        await WroteAsync("around Once", "call 1", "instance gone", "scope 1 gone");
    }

    private Task WroteAsync(params string[] lines) =>
        Eventually.TrueAsync(() => _journal.Lines.SequenceEqual(lines), $"the journal says {string.Join(", ", lines)}");

    private Task<TestHost> StartAsync(string function) =>
        TestHost.StartAsync(
            [typeof(Functions)],
            new()
            {
                ["AzureFunctionsJobHost:functions:0"] = function,
                ["Kafka:BootstrapServers"] = Cluster.BootstrapServers,
                ["Topic"] = Topic,
                ["Group"] = Group,
            },
            Configure
        );

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_journal).AddScoped<Scope>();
        builder.UseMiddleware<Around>();
    }

    private sealed class Journal
    {
        private int _scopes;
        private int _calls;

        public ConcurrentQueue<string> Lines { get; } = new();

        public bool FailFirst { get; set; }

        public int NextScope() => Interlocked.Increment(ref _scopes);

        public void Call(Scope scope, Scope middlewares)
        {
            Lines.Enqueue($"call {scope.Number}");
            Assert.Same(middlewares, scope);
            if (Interlocked.Increment(ref _calls) == 1 && FailFirst)
                throw new InvalidOperationException("not yet");
        }
    }

    private sealed class Scope(Journal journal) : IDisposable
    {
        public int Number { get; } = journal.NextScope();

        public void Dispose() => journal.Lines.Enqueue($"scope {Number} gone");
    }

    private sealed class Around(Journal journal) : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            journal.Lines.Enqueue($"around {context.FunctionDefinition.Name}");
            context.Items["scope"] = context.InstanceServices.GetRequiredService<Scope>();
            return next(context);
        }
    }

    private sealed class Functions(Journal journal, Scope scope) : IAsyncDisposable
    {
        [Function("TakeOne")]
        [FixedDelayRetry(3, "00:00:00.02")]
        public void TakeOne(
            [KafkaTrigger("%Kafka:BootstrapServers%", "%Topic%", ConsumerGroup = "%Group%")] KafkaRecord record,
            FunctionContext context
        ) => journal.Call(scope, (Scope)context.Items["scope"]);

        [Function("Once")]
        public void Once([TimerTrigger("1.00:00:00", RunOnStartup = true)] TimerInfo timer, FunctionContext context) =>
            journal.Call(scope, (Scope)context.Items["scope"]);

        public ValueTask DisposeAsync()
        {
            journal.Lines.Enqueue("instance gone");
            return ValueTask.CompletedTask;
        }
    }
}
