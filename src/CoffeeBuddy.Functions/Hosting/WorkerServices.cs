using CoffeeBuddy.Functions.Audit;
using CoffeeBuddy.Functions.DeadLetters;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Secrets;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Functions.SocketMode;
using CoffeeBuddy.Functions.Triggers;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// The parts of the worker. They are the same in every role; roles differ by the functions they select.
/// </summary>
public static class WorkerServices
{
    /// <summary>Defaults of settings that triggers refer to as <c>%name%</c>.</summary>
    internal static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Kafka:ConsumerGroup"] = "coffeebuddy",
        ["Sweep:Schedule"] = "*/5 * * * * *",
        ["Sweep:RetentionSchedule"] = "0 17 3 * * *",
    };

    /// <exception cref="SecretsException">The secrets cannot be had.</exception>
    public static FunctionsApplicationBuilder AddCoffeeBuddy(this FunctionsApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var secrets = builder.Configuration.AddSecrets();

        builder.UseWhen<RetryMiddleware>(context => !IsHttp(context));
        builder.UseWhen<RefusalMiddleware>(IsHttp);
        builder.UseWhen<AuthenticationMiddleware>(IsHttp);
        builder.UseWhen<AuditMiddleware>(IsHttp);

        var configuration = builder.Configuration;
        builder
            .Services.AddTransient(typeof(IOptionsFactory<>), typeof(ReadableOptionsFactory<>))
            .AddClock(configuration, builder.Environment)
            .AddTls(configuration, builder.Environment)
            .AddSecretRefresh(secrets)
            .AddWorkerMetrics()
            .AddSecurity(configuration, typeof(WorkerServices).Assembly.GetTypes())
            .AddCoffeeBuddyData(configuration)
            .AddSlack(configuration)
            .AddEvents(configuration)
            .AddDeadLetters()
            .AddRuns(configuration)
            .AddNotifications()
            .AddMail(configuration)
            .AddTriggers(configuration)
            .AddSocketMode()
            .AddHealth();
        return builder;
    }

    // By the trigger, not by the HttpContext: an HTTP function must never run without authentication.
    private static bool IsHttp(FunctionContext context) =>
        context.FunctionDefinition.InputBindings.Values.Any(binding =>
            binding.Type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase)
        );
}
