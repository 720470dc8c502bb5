using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// How PostgreSQL is reached. The connection string is <c>ConnectionStrings:CoffeeBuddy</c>, the rest is configuration
/// section <c>CoffeeBuddy:Database</c>. See <see cref="ConnectionSettings"/> for what of the connection string is used.
/// </summary>
public sealed class DataOptions : IValidatableObject
{
    /// <summary>Most connections of one process, as required by the specification.</summary>
    public const int PoolLimit = 20;

    /// <summary>In Npgsql's format. TLS is configured here (<c>SSL Mode=VerifyFull</c>).</summary>
    [Required(ErrorMessage = "ConnectionStrings:CoffeeBuddy is missing.")]
    public string ConnectionString { get; set; } = "";

    /// <summary>Instead of the one in the connection string, such as from Vault's database engine.</summary>
    public string? Username { get; set; }

    /// <summary>Instead of the one in the connection string. Taken for new sessions when it changes.</summary>
    public string? Password { get; set; }

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

    /// <summary>Whether the connection string demands TLS, and the server's certificate and name to be verified.</summary>
    public bool IsVerified => ConnectionSettings.IsVerified(this);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ConnectTimeout >= CommandTimeout)
            yield return new(
                "ConnectTimeout must be shorter than CommandTimeout: otherwise a server that does not answer looks like a slow statement."
            );
        if (CommandTimeout > TotalTimeout)
            yield return new("TotalTimeout must not be shorter than CommandTimeout, which is a part of it.");
        if (ConnectionSettings.FaultOf(this) is { } fault)
            yield return new(fault);
    }
}
