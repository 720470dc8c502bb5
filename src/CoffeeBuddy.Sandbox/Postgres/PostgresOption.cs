using System.CommandLine;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>The option <c>--postgres</c> of the sandbox.</summary>
internal static class PostgresOption
{
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--postgres")
        {
            HelpName = "CONNECTION",
            Description =
                "Use this database instead of a temporary one: Npgsql's connection string of an empty database, or of one that a sandbox has used before. Without a password in it, PGPASSWORD or ~/.pgpass has it",
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            try
            {
                var connection = new NpgsqlConnectionStringBuilder(result.GetValueOrDefault<string?>());
                if (string.IsNullOrEmpty(connection.Host) || string.IsNullOrEmpty(connection.Database))
                    result.AddError("--postgres needs Host=…;Database=…;Username=…");
            }
            catch (ArgumentException exception)
            {
                result.AddError($"--postgres is no connection string. {exception.Message}");
            }
        });
        return option;
    }
}
