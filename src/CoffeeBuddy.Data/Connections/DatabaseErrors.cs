using System.Net.Sockets;
using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>Tells a database that is not there from a statement it refused (PostgreSQL's appendix A, error codes).</summary>
internal static class DatabaseErrors
{
    private const string IdleInTransaction = "25P03";

    /// <summary>Whether the error says that the database cannot be used right now.</summary>
    public static bool IsUnavailable(Exception exception) =>
        exception switch
        {
            PostgresException refused => IsUnavailable(refused.SqlState),
            NpgsqlException or TimeoutException or SocketException => true,
            _ => false,
        };

    /// <summary>Whether an open connection turned out to be gone, as it does after the server restarted.</summary>
    public static bool IsBrokenConnection(NpgsqlException exception) =>
        exception is PostgresException refused
            ? IsShutdown(refused.SqlState)
            : exception.InnerException is IOException or SocketException;

    private static bool IsUnavailable(string state) =>
        IsShutdown(state)
        || state.StartsWith("08", StringComparison.Ordinal) // connection exception
        || state.StartsWith("53", StringComparison.Ordinal) // no connection, disk or memory left
        || state.StartsWith("28", StringComparison.Ordinal) // refused login: a password that is being rotated
        || state
            is PostgresErrorCodes.ReadOnlySqlTransaction // a standby that has not taken over yet
                or PostgresErrorCodes.QueryCanceled;

    private static bool IsShutdown(string state) =>
        state
            is PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped
                or PostgresErrorCodes.IdleSessionTimeout
                or IdleInTransaction;
}
