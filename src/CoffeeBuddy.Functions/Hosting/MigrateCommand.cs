using CoffeeBuddy.Data.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary><c>CoffeeBuddy.Functions migrate</c>: brings the schema up to this version; safe to run twice, and by two at once.</summary>
public static class MigrateCommand
{
    public static int Run()
    {
        using var logging = LoggerFactory.Create(logging => logging.AddJsonConsole());
        var logger = logging.CreateLogger("CoffeeBuddy.Migrate");
        var connectionString = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .Build()
            .GetConnectionString("CoffeeBuddy");
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            Console.Error.WriteLine("ConnectionStrings__CoffeeBuddy is not set: it says which database to migrate.");
            return 1;
        }

        try
        {
            Console.WriteLine($"{Migrator.Migrate(connectionString, logger)} migrations applied.");
            return 0;
        }
        catch (ArgumentException)
        {
            // Its words may repeat a piece of the password.
            Console.Error.WriteLine(
                "ConnectionStrings__CoffeeBuddy cannot be read: it is not a connection string in Npgsql's words."
            );
            return 1;
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            Console.Error.WriteLine($"The database was not migrated: {exception.Message}");
            return 1;
        }
    }
}
