using System.CommandLine;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Functions.Secrets;
using CoffeeBuddy.Functions.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>
/// <c>CoffeeBuddy.Functions migrate</c>: applies the missing migrations. Safe to repeat and to run twice at the same
/// time.
/// </summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var migrate = new Command(
            "migrate",
            "Bring the schema of the database in ConnectionStrings__CoffeeBuddy up to this version. Safe to repeat."
        );
        migrate.SetAction(_ => Run());
        return migrate;
    }

    private static int Run()
    {
        using var logging = LoggerFactory.Create(logging => logging.AddJsonConsole());
        var logger = logging.CreateLogger("CoffeeBuddy.Migrate");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables();
            configuration.AddSecrets();
            return Run(configuration.Build(), logger);
        }
        catch (Exception exception) when (exception is SecretsException or OptionsValidationException)
        {
            Console.Error.WriteLine($"The database was not migrated: {exception.Message}");
            return 1;
        }
    }

    private static int Run(IConfiguration configuration, ILogger logger)
    {
        var settings = new DataOptions();
        CommandDatabase.Read(configuration, settings);
        if (string.IsNullOrWhiteSpace(settings.ConnectionString))
        {
            Console.Error.WriteLine("ConnectionStrings__CoffeeBuddy is not set: it says which database to migrate.");
            return 1;
        }

        var tls = TlsModule.Read(configuration);
        if (CommandDatabase.FaultOf(settings, tls) is { } fault)
        {
            Console.Error.WriteLine(fault);
            return 1;
        }

        try
        {
            Console.WriteLine($"{Migrator.Migrate(settings, tls, logger)} migrations applied.");
            return 0;
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            Console.Error.WriteLine($"The database was not migrated: {exception.Message}");
            return 1;
        }
    }
}
