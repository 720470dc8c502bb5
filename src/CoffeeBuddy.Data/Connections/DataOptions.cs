using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// How PostgreSQL is reached. The connection string is <c>ConnectionStrings:CoffeeBuddy</c>, the rest is configuration
/// section <c>CoffeeBuddy:Database</c>. The limits here override those of the connection string.
/// </summary>
public sealed class DataOptions : IValidatableObject
{
    /// <summary>Most connections of one process, as required by the specification.</summary>
    public const int PoolLimit = 20;

    /// <summary>In Npgsql's format. TLS is configured here (<c>SSL Mode=VerifyFull</c>).</summary>
    [Required(ErrorMessage = "ConnectionStrings:CoffeeBuddy is missing.")]
    public string ConnectionString { get; set; } = "";

    [Range(1, PoolLimit)]
    public int MaxPoolSize { get; set; } = PoolLimit;

    /// <summary>
    /// For the work of one call, connecting included and waiting in a queue not. Ends in
    /// <see cref="DatabaseBusyException"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeBudget.DatabaseWork;

    /// <summary>
    /// For one call in all: waiting in the queues of its run and of the pool, then the work. A change that its caller
    /// does not cancel is carried through within this time. Ends in <see cref="DatabaseBusyException"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeBudget.DatabaseOperation;

    /// <summary>
    /// For opening a connection; below <see cref="CommandTimeout"/>. Ends in
    /// <see cref="DatabaseUnavailableException"/>.
    /// </summary>
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
        if (ConnectTimeout >= CommandTimeout)
            yield return new(
                "ConnectTimeout must be shorter than CommandTimeout: otherwise a server that does not answer looks like a slow statement."
            );
        if (CommandTimeout > TotalTimeout)
            yield return new("TotalTimeout must not be shorter than CommandTimeout, which is a part of it.");
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

        // The server gives up by itself 5 s later: a worker that is lost with its machine must not hold a run's lock.
        settings.Options =
            $"-c statement_timeout={Later.TotalMilliseconds:0} -c idle_in_transaction_session_timeout={Later.TotalMilliseconds:0} {settings.Options}".TrimEnd();
        settings.MaxPoolSize = MaxPoolSize;
        settings.MinPoolSize = 0;
        settings.Timeout = WholeSeconds(ConnectTimeout);
        settings.CommandTimeout = 0; // The pipeline cancels what takes too long.
        settings.ApplicationName = "coffeebuddy";
        settings.Timezone = "UTC";
        settings.MaxAutoPrepare = 100;
        return NpgsqlDataSource.Create(settings);
    }

    private TimeSpan Later => CommandTimeout + TimeSpan.FromSeconds(5);

    private static int WholeSeconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
