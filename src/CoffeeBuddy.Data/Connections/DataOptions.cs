using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// How PostgreSQL is reached. The connection string is <c>ConnectionStrings:CoffeeBuddy</c>, the rest is configuration
/// section <c>CoffeeBuddy:Database</c>; where both name a limit, this class wins.
/// </summary>
public sealed class DataOptions : IValidatableObject
{
    /// <summary>Most connections of one process: the specification's limit.</summary>
    public const int PoolLimit = 20;

    /// <summary>In Npgsql's form; TLS is asked for here (<c>SSL Mode=VerifyFull</c>).</summary>
    [Required(ErrorMessage = "ConnectionStrings:CoffeeBuddy is missing.")]
    public string ConnectionString { get; set; } = "";

    [Range(1, PoolLimit)]
    public int MaxPoolSize { get; set; } = PoolLimit;

    /// <summary>For one piece of work with the database, connecting included; then the caller is told that it is unavailable.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeBudget.DatabaseWork;

    /// <summary>For a connection, from the pool or a new one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Failures in a row that open the circuit breaker.</summary>
    [Range(1, 100)]
    public int FailuresToOpen { get; set; } = 5;

    /// <summary>How long the breaker stays open before one call may try again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var valid = true;
        try
        {
            _ = new NpgsqlConnectionStringBuilder(ConnectionString);
        }
        catch (ArgumentException)
        {
            valid = false; // The exception may quote the string, and with it a password.
        }
        if (!valid)
            yield return new("ConnectionStrings:CoffeeBuddy is not a connection string that Npgsql understands.");
    }

    internal NpgsqlDataSource CreateDataSource()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);

        // The server gives up a little later by itself: a worker lost with its node must not hold a run's lock.
        settings.Options =
            $"-c statement_timeout={Later.TotalMilliseconds:0} -c idle_in_transaction_session_timeout={Later.TotalMilliseconds:0} {settings.Options}".TrimEnd();
        settings.MaxPoolSize = MaxPoolSize;
        settings.MinPoolSize = 0;
        settings.Timeout = WholeSeconds(ConnectTimeout);
        settings.CommandTimeout = WholeSeconds(CommandTimeout);
        settings.ApplicationName = "coffeebuddy";
        settings.Timezone = "UTC";
        settings.MaxAutoPrepare = 100;
        return NpgsqlDataSource.Create(settings);
    }

    private TimeSpan Later => CommandTimeout + TimeSpan.FromSeconds(5);

    private static int WholeSeconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
