using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// <c>CoffeeBuddy.Functions deadletter list|replay|drop</c>: shows the records that could not be processed, and deals with
/// each once. Ends with 0, or with 1 and a sentence that says why.
/// </summary>
public static class DeadLetterCommand
{
    private const string Usage = """
        Usage: deadletter list [--json]
               deadletter replay <position>...|--all    writes records back to their topics
               deadletter drop <position>...|--all      marks records as dealt with
        A position is what list shows first, such as 3@17.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            return arguments switch
            {
                ["list"] => await WithDeskAsync(desk => desk.ListAsync(json: false)),
                ["list", "--json"] => await WithDeskAsync(desk => desk.ListAsync(json: true)),
                ["replay", _, ..] => await WithDeskAsync(desk =>
                    desk.HandleAsync(DeadLetterMarks.Replayed, [.. arguments.Skip(1)])
                ),
                ["drop", _, ..] => await WithDeskAsync(desk =>
                    desk.HandleAsync(DeadLetterMarks.Dropped, [.. arguments.Skip(1)])
                ),
                _ => Fail(Usage),
            };
        }
        catch (KafkaException exception)
        {
            return Fail($"Kafka cannot be used: {exception.Error.Reason}.");
        }
        catch (DatabaseFailureException exception)
        {
            return Fail($"The database cannot be used: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (Npgsql.PostgresException exception) when (exception.SqlState == Npgsql.PostgresErrorCodes.UndefinedTable)
        {
            return Fail("The database's schema is older than this command: run migrate first.");
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return Fail(exception.Message);
        }
    }

    internal static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }

    private static async Task<int> WithDeskAsync(Func<DeadLetterAdmin, Task<int>> work)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var kafka = configuration.GetSection("Kafka").Get<KafkaOptions>();
        if (string.IsNullOrWhiteSpace(kafka?.BootstrapServers))
            return Fail("Kafka__BootstrapServers is not set: it says where the dead letters are.");
        if (configuration.GetConnectionString("CoffeeBuddy") is not { Length: > 0 } connectionString)
            return Fail(
                "ConnectionStrings__CoffeeBuddy is not set: the database knows which dead letters were dealt with."
            );

        // Longer than Kafka may take for one record, which is written within a transaction.
        var data = new DataOptions
        {
            ConnectionString = connectionString,
            MaxPoolSize = 1,
            CommandTimeout = TimeSpan.FromSeconds(20),
            TotalTimeout = TimeSpan.FromSeconds(20),
        };
        if (data.Validate(new(data)).FirstOrDefault() is { ErrorMessage: { } fault })
            return Fail(fault);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Options.Create(data))
            .AddDatabase()
            .BuildServiceProvider();
        var database = services.GetRequiredService<Database>();
        using var topic = new DeadLetterTopic(kafka);
        return await work(new DeadLetterAdmin(topic, new DeadLetterMarks(database, TimeProvider.System)));
    }
}
