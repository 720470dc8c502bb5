using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Tells a server that is down from one that is busy and from one that refused a statement, by the SQLSTATE of the
/// error (PostgreSQL's documentation, appendix A).
/// </summary>
internal static class DatabaseErrors
{
    private const string IdleInTransactionSessionTimeout = "25P03";

    /// <summary>Whether the server cannot be used right now.</summary>
    public static bool IsOutage(PostgresException refused) =>
        IsStaleSession(refused)
        || refused.SqlState.StartsWith("08", StringComparison.Ordinal) // connection exception
        || refused.SqlState.StartsWith("53", StringComparison.Ordinal) // no connection, memory or disk space left
        || refused.SqlState.StartsWith("28", StringComparison.Ordinal); // login refused, as while a password is being changed

    /// <summary>
    /// Whether this session has no future: the server ended it, or is a standby now. A new connection may reach a
    /// server that takes the work.
    /// </summary>
    public static bool IsStaleSession(PostgresException refused) =>
        refused.SqlState
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped
                or PostgresErrorCodes.IdleSessionTimeout
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or IdleInTransactionSessionTimeout;

    /// <summary>Whether the server gave up the statement because others were in its way or it took too long.</summary>
    public static bool IsBusy(PostgresException refused) =>
        refused.SqlState
            is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.DeadlockDetected;
}
