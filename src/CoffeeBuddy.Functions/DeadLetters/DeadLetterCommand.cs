using System.CommandLine;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// <c>CoffeeBuddy.Functions deadletter list|replay|drop</c>: lists the records that could not be processed, and handles
/// each once. The exit code is 0, or 1 with one sentence on stderr.
/// </summary>
internal static class DeadLetterCommand
{
    public static Command Create() =>
        new("deadletter", "List, replay or drop records that could not be processed.")
        {
            CreateList(),
            CreateHandle("replay", "Write records back to the topics they came from, once.", DeadLetterMarks.Replayed),
            CreateHandle("drop", "Mark records as handled without processing them.", DeadLetterMarks.Dropped),
        };

    private static Command CreateList()
    {
        var json = new Option<bool>("--json") { Description = "Write JSON instead of a table." };
        var list = new Command("list", "List the records that are not handled yet.") { json };
        list.SetAction(parsed => RunAsync(admin => admin.ListAsync(parsed.GetValue(json))));
        return list;
    }

    private static Command CreateHandle(string name, string description, string action)
    {
        var positions = new Argument<string[]>("position")
        {
            Description = "Partition and offset as in the first column of list, such as 3@17.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "All records that are not handled yet." };
        var command = new Command(name, description) { positions, all };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(positions) is { Length: > 0 })
                result.AddError("Give either positions or --all.");
        });
        command.SetAction(parsed =>
            RunAsync(admin =>
                parsed.GetValue(all)
                    ? admin.HandleAllAsync(action)
                    : admin.HandleAsync(action, parsed.GetValue(positions)!)
            )
        );
        return command;
    }

    private static async Task<int> RunAsync(Func<DeadLetterAdmin, Task<int>> work)
    {
        try
        {
            return await ConnectAsync(work);
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

    private static async Task<int> ConnectAsync(Func<DeadLetterAdmin, Task<int>> work)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddSecretFiles().Build();
        var kafka = configuration.GetSection("Kafka").Get<KafkaOptions>();
        if (string.IsNullOrWhiteSpace(kafka?.BootstrapServers))
            return Fail("Kafka__BootstrapServers is not set: the dead letters are there.");
        if (configuration.GetConnectionString("CoffeeBuddy") is not { Length: > 0 } connectionString)
            return Fail(
                "ConnectionStrings__CoffeeBuddy is not set: the database stores which dead letters were handled."
            );

        // A record is replayed within a transaction: longer than the 10 s that Kafka may take for it.
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
