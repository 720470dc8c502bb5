using System.Security.Authentication;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Tells a server that is down from one that is busy and from one that refused a statement, by the SQLSTATE of the
/// error (PostgreSQL's documentation, appendix A).
/// </summary>
internal static class DatabaseErrors
{
    private const string IdleInTransactionSessionTimeout = "25P03";

    // Npgsql's text when each of several hosts answered, and each is a standby or read-only.
    private const string NoHostTakesChanges = "No suitable host was found.";

    // PgBouncer uses one SQLSTATE (08P01) for all its refusals, also for those that pass by themselves.
    private static readonly string[] LastingRefusalsOfPgBouncer =
    [
        "unsupported startup parameter",
        "statement pooling mode",
        "authentication failed",
        "login rejected",
        "no such", // user or database
        "does not exist", // as PostgreSQL has told it
        " required", // TLS
    ];

    /// <summary>Whether the server cannot be used right now.</summary>
    public static bool IsOutage(PostgresException refused) =>
        IsStaleSession(refused)
        || refused.SqlState.StartsWith("08", StringComparison.Ordinal) // connection exception
        || refused.SqlState.StartsWith("53", StringComparison.Ordinal) // no connection, memory or disk space left
        || refused.SqlState.StartsWith("28", StringComparison.Ordinal); // login refused, as while a password is being changed

    /// <summary>
    /// Whether this session has no future: the server ended it, is a standby now, or a migration changed what its
    /// prepared statements return. A new connection may reach a server that takes the work.
    /// </summary>
    public static bool IsStaleSession(PostgresException refused) =>
        refused.SqlState
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped
                or PostgresErrorCodes.IdleSessionTimeout
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or IdleInTransactionSessionTimeout
        || IsOutdatedPlan(refused);

    /// <summary>Whether the server gave up the statement because others were in its way or it took too long.</summary>
    public static bool IsBusy(PostgresException refused) =>
        refused.SqlState
            is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.DeadlockDetected;

    /// <summary>
    /// Whether a failed attempt to connect will fail again until somebody changes a setting, here or on the server:
    /// login, database, TLS or a parameter was refused.
    /// </summary>
    public static bool IsRefusal(Exception failed) =>
        failed switch
        {
            PostgresException refused => IsRefusal(refused),
            AggregateException hosts => hosts.InnerExceptions.Any(IsRefusal),
            NpgsqlException { InnerException: { } cause } => IsRefusal(cause),
            NpgsqlException { Message: NoHostTakesChanges } => false,
            NpgsqlException or AuthenticationException => true, // such as a missing password
            _ => false,
        };

    /// <summary>Why an attempt to connect failed. Npgsql says only that a handshake failed, its cause says why.</summary>
    public static string ReasonOf(Exception failed) =>
        failed.GetBaseException() is var cause && cause.Message != failed.Message
            ? $"{failed.Message.TrimEnd('.')}: {cause.Message}"
            : failed.Message;

    private static bool IsRefusal(PostgresException refused) =>
        refused.SqlState == PostgresErrorCodes.ProtocolViolation
            ? LastingRefusalsOfPgBouncer.Any(text =>
                refused.MessageText.Contains(text, StringComparison.OrdinalIgnoreCase)
            )
            // Login, database, privilege or name, value, feature.
            : refused.SqlState[..2] is "28" or "3D" or "42" or "22" or "0A";

    // "cached plan must not change result type". The text depends on the server's language, its origin does not.
    private static bool IsOutdatedPlan(PostgresException refused) =>
        refused is { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "RevalidateCachedQuery" };
}
