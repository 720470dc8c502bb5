using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Events;
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
/// A command of an operator that uses the database, and most of them Kafka, with the environment of the workers. The exit code is 0,
/// or 1 with one sentence on stderr.
/// </summary>
internal static class OperatorCommand
{
    /// <param name="inKafka">What is in Kafka, for the message when that is not configured.</param>
    /// <param name="inDatabase">The same for the database.</param>
    /// <param name="longestWork">Limit for the database work of one operation.</param>
    public static async Task<int> RunAsync(
        string inKafka,
        string inDatabase,
        TimeSpan longestWork,
        Func<OperatorAccess, Task<int>> work
    )
    {
        var configuration = Configuration();
        var kafka = configuration.GetSection("Kafka").Get<KafkaOptions>();
        if (string.IsNullOrWhiteSpace(kafka?.BootstrapServers))
            return Fail($"Kafka__BootstrapServers is not set: {inKafka}.");
        if (string.IsNullOrEmpty(kafka.RecordKey))
            return Fail("Kafka__RecordKey is not set: the records are signed with it.");
        return await RunWithDatabaseAsync(
            inDatabase,
            longestWork,
            database => work(new(configuration, kafka, new RecordSeal(kafka, TimeProvider.System), database))
        );
    }

    /// <summary>A command that uses the database only.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<int> RunWithDatabaseAsync(
        string inDatabase,
        TimeSpan longestWork,
        Func<Database, Task<int>> work
    )
    {
        AuditOrigin.Current = AuditOrigin.Operator($"{Environment.UserName}@{Environment.MachineName}");
        try
        {
            return await ConnectAsync(inDatabase, longestWork, work);
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
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return Fail(exception.Message);
        }
    }

    public static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }

    private static IConfiguration Configuration() =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(WorkerServices.Defaults)
            .AddEnvironmentVariables()
            .AddSecretFiles()
            .Build();

    private static async Task<int> ConnectAsync(string inDatabase, TimeSpan longestWork, Func<Database, Task<int>> work)
    {
        if (Configuration().GetConnectionString("CoffeeBuddy") is not { Length: > 0 } connectionString)
            return Fail($"ConnectionStrings__CoffeeBuddy is not set: {inDatabase}.");

        var data = new DataOptions
        {
            ConnectionString = connectionString,
            MaxPoolSize = 1,
            CommandTimeout = longestWork,
            TotalTimeout = longestWork,
        };
        if (data.Validate(new(data)).FirstOrDefault() is { ErrorMessage: { } fault })
            return Fail(fault);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Options.Create(data))
            .AddDatabase()
            .BuildServiceProvider();
        return await work(services.GetRequiredService<Database>());
    }
}
