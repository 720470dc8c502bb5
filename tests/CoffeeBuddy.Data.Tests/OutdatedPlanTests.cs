using CoffeeBuddy.Data.Connections;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A migration changes what a statement returns that is prepared in the sessions of a running worker.</summary>
public sealed class OutdatedPlanTests(PostgresServer server) : DatabaseTest(server)
{
    private const string Read = "SELECT * FROM changing";
    private const int MoreThanPreparing = 10;

    private int _attempts;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_work_is_repeated_once_over_a_new_session(bool inTransaction)
    {
        var database = Connect(new DataOptions { ConnectionString = ConnectionString, FailuresToOpen = 1 });
        await ExecuteAsync("CREATE TABLE changing (a INT); INSERT INTO changing VALUES (1)");
        for (var time = 0; time < MoreThanPreparing; time++)
            await ReadAsync(database, inTransaction);
        await ExecuteAsync("ALTER TABLE changing ADD COLUMN b INT");
        _attempts = 0;

        var row = await ReadAsync(database, inTransaction);

        Assert.Equal(["a", "b"], row.Keys);
        Assert.Equal((2, BreakerState.Closed), (_attempts, database.State));
    }

    [Fact]
    public async Task One_repetition_replaces_all_sessions()
    {
        var database = Connect(ConnectionString);
        await ExecuteAsync("CREATE TABLE changing (a INT); INSERT INTO changing VALUES (1)");
        using var together = new Barrier(3);
        await AtOnceAsync(3, _ => Task.Run(() => PrepareAsync(database, together)));
        await ExecuteAsync("ALTER TABLE changing ADD COLUMN b INT");
        await ReadAsync(database, inTransaction: false);
        _attempts = 0;

        for (var time = 0; time < MoreThanPreparing; time++)
            await ReadAsync(database, inTransaction: false);

        Assert.Equal(MoreThanPreparing, _attempts);
    }

    [Fact]
    public async Task A_feature_that_the_server_lacks_is_neither_repeated_nor_an_outage()
    {
        var database = Connect(new DataOptions { ConnectionString = ConnectionString, FailuresToOpen = 1 });

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            database.RunAsync(
                (connection, _) =>
                {
                    _attempts++;
                    return connection.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '0A000'; END $$");
                },
                Cancellation
            )
        );

        Assert.Equal(("0A000", 1, BreakerState.Closed), (refused.SqlState, _attempts, database.State));
    }

    /// <summary>Prepares the statement in a session of its own.</summary>
    private static Task<int> PrepareAsync(Database database, Barrier together) =>
        database.RunAsync(
            async (connection, _) =>
            {
                together.SignalAndWait(Cancellation);
                for (var time = 0; time < MoreThanPreparing; time++)
                    await connection.QuerySingleAsync(Read);
                together.SignalAndWait(Cancellation);
                return 0;
            },
            Cancellation
        );

    private Task<IDictionary<string, object>> ReadAsync(Database database, bool inTransaction) =>
        inTransaction
            ? database.TransactAsync(
                async (connection, transaction, _) =>
                {
                    _attempts++;
                    return (IDictionary<string, object>)
                        await connection.QuerySingleAsync(Read, transaction: transaction);
                },
                Cancellation
            )
            : database.RunAsync(
                async (connection, _) =>
                {
                    _attempts++;
                    return (IDictionary<string, object>)await connection.QuerySingleAsync(Read);
                },
                Cancellation
            );
}
