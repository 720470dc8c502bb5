using Npgsql;
using Xunit;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>Looks into the worker's database.</summary>
public sealed class Database(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString + ";Maximum Pool Size=5");

    /// <summary>The first column of every row. Parameters are $1, $2 and so on.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(reader.IsDBNull(0) ? default! : reader.GetFieldValue<T>(0));
        return rows;
    }

    /// <summary>The first column of the one row.</summary>
    public async Task<T> OneAsync<T>(string sql, params object[] parameters) =>
        Assert.Single(await ListAsync<T>(sql, parameters));

    public Task<long> CountAsync(string table, string condition, params object[] parameters) =>
        OneAsync<long>($"SELECT count(*) FROM {table} WHERE {condition}", parameters);

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = _source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
