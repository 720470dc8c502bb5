using CoffeeBuddy.Data.Migrations;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Infrastructure.Database;

/// <summary>
/// deploy/postgresql/roles.sql on a real PostgreSQL: the owner migrates, then the worker's role does the worker's work.
/// </summary>
public sealed class RoleTests(RoleDatabase database) : IClassFixture<RoleDatabase>
{
    private const string Workspace = "T1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "C1")]
    [InlineData(true, "C2")]
    public async Task The_worker_can_do_all_its_work(bool narrowed, string channel)
    {
        await using var worker = new Worker(database.ConnectionString("coffeebuddy_worker", narrowed));

        Assert.True(await Migrator.IsUpToDateAsync(worker.Database, Cancellation));
        await worker.PlayAsync(Workspace, channel);
        await worker.CancelAsync(Workspace, channel);
        await worker.PlanAsync(Workspace, $"{channel}-planned");
        await worker.TakeTurnsAsync(Workspace, $"{channel}-turns");
        await worker.SweepAsync(Workspace, channel);
        await worker.DeliverAsync();
        await worker.RecoverAsync(Workspace, channel);
        await worker.AuditAsync();
        await worker.RetainAsync();
    }

    [Theory]
    [InlineData("DROP TABLE orders")]
    [InlineData("TRUNCATE orders")]
    [InlineData("ALTER TABLE orders ADD COLUMN price INT")]
    [InlineData("CREATE TABLE more (id INT)")]
    [InlineData("CREATE TEMPORARY TABLE more (id INT)")]
    [InlineData("CREATE FUNCTION more() RETURNS INT LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("CREATE SCHEMA more")]
    [InlineData("CREATE ROLE more")]
    [InlineData("CREATE TRIGGER more BEFORE INSERT ON orders EXECUTE FUNCTION require_unchanged()")]
    [InlineData("SET ROLE coffeebuddy_owner")]
    [InlineData("UPDATE audit_log SET payload = '{}'")]
    [InlineData("UPDATE audit_log SET event_type = 'nothing'")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("SELECT log_id FROM audit_log FOR UPDATE")]
    [InlineData("INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (log_id) DO UPDATE SET outcome = 'done'")]
    [InlineData("ALTER FUNCTION delete_old_audit(TIMESTAMPTZ, INT) SECURITY INVOKER")]
    [InlineData(
        "CREATE OR REPLACE FUNCTION delete_old_audit(before TIMESTAMPTZ, most INT) RETURNS INT LANGUAGE sql AS 'SELECT 1'"
    )]
    [InlineData("DELETE FROM coffee_runs")]
    [InlineData("DELETE FROM users")]
    [InlineData("DELETE FROM schema_migrations")]
    [InlineData("INSERT INTO schema_migrations (scriptname, applied) VALUES ('9999.sql', now())")]
    [InlineData("DELETE FROM deadletter_handled")]
    [InlineData("COPY orders TO PROGRAM 'cat'")]
    [InlineData("SELECT pg_read_file('/etc/passwd')")]
    public async Task The_worker_can_not(string statement)
    {
        await using var connection = new NpgsqlConnection(
            database.ConnectionString("coffeebuddy_worker", narrowed: true)
        );

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_worker_has_exactly_these_rights()
    {
        await using var connection = new NpgsqlConnection(
            database.ConnectionString("coffeebuddy_worker", narrowed: true)
        );

        var rights = await connection.QueryAsync<string>(
            """
            SELECT relname || ': ' || string_agg(privilege, ' ' ORDER BY privilege)
            FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege(oid, privilege)
            GROUP BY relname ORDER BY relname COLLATE "C"
            """
        );

        Assert.Equal(
            [
                "all_orders: SELECT",
                "audit_log: INSERT SELECT",
                "coffee_runs: INSERT SELECT UPDATE",
                "deadletter_handled: INSERT SELECT",
                "guest_orders: DELETE INSERT SELECT UPDATE",
                "idempotency_keys: DELETE INSERT SELECT UPDATE",
                "menus: INSERT SELECT UPDATE",
                "order_withdrawals: INSERT SELECT UPDATE",
                "orders: DELETE INSERT SELECT UPDATE",
                "outbox: DELETE INSERT SELECT UPDATE",
                "planned_runs: DELETE INSERT SELECT UPDATE",
                "processed_events: DELETE INSERT SELECT UPDATE",
                "runner_assignments: INSERT SELECT",
                "runner_declines: INSERT SELECT UPDATE",
                "schema_migrations: SELECT",
                "slack_messages: INSERT SELECT UPDATE",
                "survey_answers: DELETE INSERT SELECT UPDATE",
                "take_over_requests: INSERT SELECT UPDATE",
                "user_preferences: DELETE INSERT SELECT UPDATE",
                "users: INSERT SELECT UPDATE",
            ],
            rights
        );
    }

    [Fact]
    public async Task The_worker_deletes_old_audit_rows_through_the_function_and_no_young_ones()
    {
        await using var connection = new NpgsqlConnection(
            database.ConnectionString("coffeebuddy_worker", narrowed: true)
        );
        await connection.ExecuteAsync(
            """
            INSERT INTO audit_log (log_id, event_type, payload, "timestamp")
            SELECT gen_random_uuid(), 'role-test', '{}', now() - make_interval(days => days) FROM unnest(ARRAY[1, 89, 100]) days
            """
        );

        await connection.ExecuteScalarAsync<int>("SELECT delete_old_audit('infinity', 100000)");

        Assert.Equal(
            2,
            await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM audit_log WHERE event_type = 'role-test'")
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_worker_may_call_what_has_the_rights_of_the_owner(bool narrowed)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString("coffeebuddy_backup", narrowed));

        var callers = await connection.QueryAsync<string>(
            """
            SELECT proname || ' ' || rolname FROM pg_proc, pg_roles
            WHERE pronamespace = 'public'::regnamespace AND prosecdef AND NOT rolsuper AND rolname NOT LIKE 'pg_%'
              AND has_function_privilege(pg_roles.oid, pg_proc.oid, 'EXECUTE')
            ORDER BY 1
            """
        );

        Assert.Equal(
            [
                "delete_old_audit coffeebuddy_owner",
                "delete_old_audit coffeebuddy_worker",
                "delete_person coffeebuddy_owner",
                "delete_person coffeebuddy_worker",
            ],
            callers
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_backup_reads_everything_and_changes_nothing(bool narrowed)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString("coffeebuddy_backup", narrowed));

        var rights = await connection.QueryAsync<string>(
            """
            SELECT relname || ': ' || coalesce(string_agg(privilege, ' '), 'nothing')
            FROM pg_class LEFT JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
                ON has_table_privilege(oid, privilege)
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            GROUP BY relname
            """
        );

        Assert.NotEmpty(rights);
        Assert.All(rights, right => Assert.EndsWith(": SELECT", right, StringComparison.Ordinal));
        Assert.True(
            await connection.ExecuteScalarAsync<bool>(
                "SELECT bool_and(has_sequence_privilege(oid, 'SELECT')) FROM pg_class WHERE relkind = 'S'"
            )
        );
        Assert.False(
            await connection.ExecuteScalarAsync<bool>("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        );
    }

    [Fact]
    public async Task Another_login_can_not_even_connect()
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString("somebody", narrowed: true));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Cancellation));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
}
