using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class SchemaTests(PostgresServer server) : DatabaseTest(server)
{
    private readonly PostgresServer _server = server;

    [Theory]
    [InlineData(
        "users",
        "user_id varchar(64), display_name varchar(255), email varchar(255), created_at timestamptz, updated_at timestamptz"
    )]
    [InlineData(
        "coffee_runs",
        "run_id uuid, workspace_id varchar(64), channel_id varchar(64), initiator_user_id varchar(64), runner_user_id varchar(64), status run_status, created_at timestamptz, completed_at timestamptz, reminder_sent_at timestamptz"
    )]
    [InlineData(
        "orders",
        "order_id uuid, run_id uuid, user_id varchar(64), drink_type varchar(100), size varchar(20), customizations text, created_at timestamptz"
    )]
    [InlineData(
        "user_preferences",
        "preference_id uuid, user_id varchar(64), drink_type varchar(100), size varchar(20), customizations text, order_count int4, last_ordered_at timestamptz"
    )]
    [InlineData(
        "audit_log",
        "log_id uuid, event_type varchar(50), user_id varchar(64), run_id uuid, payload jsonb, timestamp timestamptz"
    )]
    public async Task A_table_begins_with_the_columns_of_the_specification(string table, string specified)
    {
        var columns = await QueryAsync<string>(
            """
            SELECT column_name || ' ' || udt_name || coalesce('(' || character_maximum_length || ')', '')
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name = @table ORDER BY ordinal_position
            """,
            new { table }
        );

        var expected = specified.Split(", ");
        Assert.Equal(expected, columns.Take(expected.Length));
    }

    [Fact]
    public async Task A_run_is_active_completed_or_cancelled()
    {
        Assert.Equal(
            ["active", "completed", "cancelled"],
            await QueryAsync<string>("SELECT unnest(enum_range(NULL::run_status))::text")
        );
    }

    [Theory]
    [InlineData("coffee_runs", "initiator_user_id", "users")]
    [InlineData("coffee_runs", "runner_user_id", "users")]
    [InlineData("orders", "run_id", "coffee_runs")]
    [InlineData("orders", "user_id", "users")]
    [InlineData("user_preferences", "user_id", "users")]
    [InlineData("audit_log", "user_id", "users")]
    [InlineData("audit_log", "run_id", "coffee_runs")]
    public async Task A_reference_of_the_specification_is_a_foreign_key(string table, string column, string target)
    {
        var targets = await QueryAsync<string>(
            """
            SELECT confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND conrelid = @table::regclass
              AND conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = @table::regclass AND attname = @column)]
            """,
            new { table, column }
        );

        Assert.Equal([target], targets);
    }

    [Fact]
    public async Task Migrating_twice_applies_everything_once()
    {
        var empty = await _server.CreateEmptyAsync();

        var first = Migrator.Migrate(empty, NullLogger.Instance);
        var second = Migrator.Migrate(empty, NullLogger.Instance);

        Assert.True(first > 0);
        Assert.Equal(0, second);
    }

    [Fact]
    public async Task Two_migrations_at_the_same_time_wait_for_each_other()
    {
        var empty = await _server.CreateEmptyAsync();

        var applied = await AtOnceAsync(4, _ => Task.FromResult(Migrator.Migrate(empty, NullLogger.Instance)));

        Assert.Single(applied, count => count > 0);
        Assert.Equal(3, applied.Count(count => count == 0));
    }

    [Fact]
    public async Task The_schema_is_not_ready_before_it_is_migrated()
    {
        var empty = await _server.CreateEmptyAsync();
        var database = Connect(empty);
        Assert.False(await Migrator.IsUpToDateAsync(database, Cancellation));

        Migrator.Migrate(empty, NullLogger.Instance);

        Assert.True(await Migrator.IsUpToDateAsync(database, Cancellation));
    }

    [Fact]
    public async Task A_schema_that_lacks_the_last_migration_is_not_ready()
    {
        await ExecuteAsync(
            "DELETE FROM schema_migrations WHERE scriptname = (SELECT max(scriptname) FROM schema_migrations)"
        );

        Assert.False(await Migrator.IsUpToDateAsync(Database, Cancellation));
    }

    [Fact]
    public async Task A_schema_newer_than_the_code_is_ready()
    {
        await ExecuteAsync(
            "INSERT INTO schema_migrations (scriptname, applied) VALUES ('9999_of_a_later_version.sql', '2026-01-01')"
        );

        Assert.True(await Migrator.IsUpToDateAsync(Database, Cancellation));
        Assert.Equal(0, Migrator.Migrate(ConnectionString, NullLogger.Instance));
    }

    [Fact]
    public async Task The_schema_allows_one_active_run_per_channel()
    {
        await OpenAsync();

        var second = await Assert.ThrowsAsync<PostgresException>(() =>
            ExecuteAsync(
                """
                INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at)
                VALUES (gen_random_uuid(), 'T1', 'C1', 'U1', now(), now())
                """
            )
        );

        Assert.Equal("coffee_runs_one_active", second.ConstraintName);
    }

    [Fact]
    public async Task Times_mean_the_same_to_a_session_in_another_zone()
    {
        var run = (await OpenAsync()).Run;

        await using var elsewhere = new NpgsqlConnection(ConnectionString + ";Timezone=Asia/Tokyo");
        var seen = await elsewhere.QuerySingleAsync<DateTimeOffset>("SELECT created_at FROM coffee_runs");

        Assert.Equal(run.CreatedAt, seen);
        Assert.Equal(Now, seen);
    }
}
