using Npgsql;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>A database of a PostgreSQL server that is not part of the sandbox.</summary>
internal static class ExternalPostgres
{
    /// <returns><c>host:port/database</c>, without the login.</returns>
    /// <exception cref="InvalidOperationException">It cannot be opened.</exception>
    public static async Task<string> CheckAsync(string connectionString, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var address = $"{settings.Host}:{settings.Port}/{settings.Database}";
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellation);
            return address;
        }
        catch (NpgsqlException exception)
        {
            throw new InvalidOperationException($"{address} cannot be opened. {exception.Message}", exception);
        }
    }
}
