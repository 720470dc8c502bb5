using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Secrets;
using CoffeeBuddy.Functions.Security;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>What an operator's command works with.</summary>
internal sealed record OperatorAccess(
    IConfiguration Configuration,
    KafkaOptions Kafka,
    RecordSeal Seal,
    Database Database
);

/// <summary>
/// A command of an operator that uses the database, and in most cases Kafka, with the environment of the workers. The
/// exit code is 0, or 1 with one sentence on stderr.
/// </summary>
internal static class OperatorCommand
{
    /// <param name="inKafka">What is in Kafka, for the message when that is not configured.</param>
    /// <param name="inDatabase">The same for the database.</param>
    /// <param name="longestWork">Limit for the database work of one operation.</param>
    public static Task<int> RunAsync(
        string inKafka,
        string inDatabase,
        TimeSpan longestWork,
        Func<OperatorAccess, Task<int>> work
    ) =>
        GuardAsync(async configuration =>
        {
            var kafka = configuration.GetSection("Kafka").Get<KafkaOptions>();
            if (string.IsNullOrWhiteSpace(kafka?.BootstrapServers))
                return Fail($"Kafka__BootstrapServers is not set: {inKafka}.");
            if (string.IsNullOrEmpty(kafka.RecordKey))
                return Fail("Kafka__RecordKey is not set: the records are signed with it.");
            var tls = TlsModule.Read(configuration);
            TlsModule.SetVersions(kafka, tls);
            if (TlsModule.FaultOf(kafka, tls) is { } fault)
                return Fail(fault);
            return await ConnectAsync(
                configuration,
                inDatabase,
                longestWork,
                database => work(new(configuration, kafka, new RecordSeal(kafka, TimeProvider.System), database))
            );
        });

    /// <summary>A command that uses the database only.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static Task<int> RunWithDatabaseAsync(
        string inDatabase,
        TimeSpan longestWork,
        Func<Database, Task<int>> work
    ) => GuardAsync(configuration => ConnectAsync(configuration, inDatabase, longestWork, work));

    public static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }

    /// <summary>Turns what can go wrong for an operator into a sentence.</summary>
    private static async Task<int> GuardAsync(Func<IConfiguration, Task<int>> command)
    {
        AuditOrigin.Current = AuditOrigin.Operator($"{Environment.UserName}@{Environment.MachineName}");
        try
        {
            return await command(Configuration());
        }
        catch (KafkaException exception)
        {
            return Fail($"Kafka cannot be used: {exception.Error.Reason}.");
        }
        catch (DatabaseFailureException exception)
        {
            return Fail($"The database cannot be used: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (PostgresException exception)
            when (exception.SqlState
                    is PostgresErrorCodes.UndefinedTable
                        or PostgresErrorCodes.UndefinedColumn
                        or PostgresErrorCodes.UndefinedFunction
            )
        {
            return Fail("The database's schema is older than this command: run migrate first.");
        }
        catch (Exception exception)
            when (exception is OptionsValidationException or InvalidOperationException or SecretsException)
        {
            return Fail(exception.Message);
        }
    }

    private static IConfiguration Configuration()
    {
        var sources = new ConfigurationBuilder()
            .AddInMemoryCollection(WorkerServices.Defaults)
            .AddEnvironmentVariables();
        sources.AddSecrets();
        return sources.Build();
    }

    private static async Task<int> ConnectAsync(
        IConfiguration configuration,
        string inDatabase,
        TimeSpan longestWork,
        Func<Database, Task<int>> work
    )
    {
        var tls = TlsModule.Read(configuration);
        var data = new DataOptions();
        Configure(data);
        if (data.ConnectionString.Length == 0)
            return Fail($"ConnectionStrings__CoffeeBuddy is not set: {inDatabase}.");
        if (CommandDatabase.FaultOf(data, tls) is { } fault)
            return Fail(fault);
        await using var services = new ServiceCollection()
            .AddLogging()
            .Configure<DataOptions>(Configure)
            .AddSingleton(Options.Create(tls))
            .AddDatabase()
            .BuildServiceProvider();
        return await work(services.GetRequiredService<Database>());

        void Configure(DataOptions options)
        {
            CommandDatabase.Read(configuration, options);
            options.MaxPoolSize = 1;
            options.CommandTimeout = options.TotalTimeout = longestWork;
        }
    }
}
