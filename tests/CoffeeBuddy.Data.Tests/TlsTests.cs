using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A PostgreSQL of its own with TLS, whose certificate and versions the tests change.</summary>
public sealed class TlsTests(TlsTests.Server server) : IClassFixture<TlsTests.Server>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_connection_is_TLS_13_with_a_verified_server()
    {
        await server.UseAsync(server.Authority.Issue(), "TLSv1.3");

        Assert.Equal("TLSv1.3", await VersionAsync(new()));
        Assert.Equal(
            0,
            Migrator.Migrate(new DataOptions { ConnectionString = server.ConnectionString }, new(), NullLogger.Instance)
        );
    }

    [Fact]
    public async Task TLS_12_is_used_by_exception_only()
    {
        await server.UseAsync(server.Authority.Issue(), "TLSv1.2");

        Assert.Equal("TLSv1.2", await VersionAsync(new() { AllowTls12 = TlsHops.Database }));
        var refusal = await RefusalAsync();
        Assert.Contains("SSL", refusal, StringComparison.Ordinal);
        Assert.ThrowsAny<NpgsqlException>(() =>
            Migrator.Migrate(new DataOptions { ConnectionString = server.ConnectionString }, new(), NullLogger.Instance)
        );
    }

    [Theory]
    [InlineData("other.example.com", false, false, "certificate")]
    [InlineData(null, true, false, "certificate")]
    [InlineData(null, false, true, "certificate")]
    public async Task A_server_that_cannot_be_verified_is_refused(
        string? host,
        bool expired,
        bool unknownAuthority,
        string reason
    )
    {
        using var unknown = new TestAuthority();
        await server.UseAsync((unknownAuthority ? unknown : server.Authority).Issue(host, expired), "TLSv1.3");

        Assert.Contains(reason, await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_is_used_for_new_sessions_and_the_old_ones_go_on()
    {
        await server.UseAsync(server.Authority.Issue(), "TLSv1.3");
        await server.ExecuteAsync("DROP ROLE IF EXISTS rotated; CREATE ROLE rotated LOGIN PASSWORD 'one'");
        var options = new ChangingOptions<DataOptions>(As("rotated", "one"));
        await using var services = TestDatabase.Follow(options, TimeProvider.System);
        var database = services.GetRequiredService<Database>();
        var first = await ProcessAsync(database);

        await server.ExecuteAsync("ALTER ROLE rotated PASSWORD 'two'");
        options.CurrentValue = As("rotated", "two");

        // The same session, and with one more at the same time a new one.
        Assert.Equal(first, await ProcessAsync(database));
        Assert.NotEqual(first, await database.RunAsync(async (_, _) => await ProcessAsync(database), Cancellation));
    }

    [Fact]
    public async Task Another_user_begins_a_new_pool()
    {
        await server.UseAsync(server.Authority.Issue(), "TLSv1.3");
        await server.ExecuteAsync(
            "DROP ROLE IF EXISTS before, after; CREATE ROLE before LOGIN PASSWORD 'b'; CREATE ROLE after LOGIN PASSWORD 'a'"
        );
        var options = new ChangingOptions<DataOptions>(As("before", "b"));
        await using var services = TestDatabase.Follow(options, TimeProvider.System);
        var database = services.GetRequiredService<Database>();
        Assert.Equal("before", await UserAsync(database));

        await database.RunAsync(
            async (connection, _) =>
            {
                options.CurrentValue = As("after", "a");
                Assert.Equal("after", await UserAsync(database));
                // The session in use is not taken away.
                return await connection.ExecuteScalarAsync<string>("SELECT current_user");
            },
            Cancellation
        );

        await Eventually.TrueAsync(
            async () => await server.CountAsync("before") == 0,
            "the sessions of the old user are closed"
        );
    }

    [Fact]
    public async Task Requests_go_on_while_another_user_begins_a_new_pool()
    {
        await server.UseAsync(server.Authority.Issue(), "TLSv1.3");
        await server.ExecuteAsync(
            "DROP ROLE IF EXISTS even, odd; CREATE ROLE even LOGIN PASSWORD 'p'; CREATE ROLE odd LOGIN PASSWORD 'p'"
        );
        var options = new ChangingOptions<DataOptions>(As("even", "p"));
        await using var services = TestDatabase.Follow(options, TimeProvider.System);
        var database = services.GetRequiredService<Database>();
        using var end = new CancellationTokenSource();
        var requests = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!end.IsCancellationRequested)
                            Assert.Contains(await UserAsync(database), (string[])["even", "odd"]);
                    },
                    Cancellation
                )
            )
            .ToList();

        foreach (var user in Enumerable.Repeat((string[])["odd", "even"], 10).SelectMany(users => users))
        {
            options.CurrentValue = As(user, "p");
            Assert.Equal(user, await UserAsync(database));
        }

        await end.CancelAsync();
        await Task.WhenAll(requests);
    }

    private DataOptions As(string user, string password) =>
        new()
        {
            ConnectionString = server.ConnectionString,
            Username = user,
            Password = password,
        };

    private static Task<int> ProcessAsync(Database database) =>
        database.RunAsync(
            async (connection, _) => await connection.ExecuteScalarAsync<int>("SELECT pg_backend_pid()"),
            Cancellation
        );

    private static Task<string?> UserAsync(Database database) =>
        database.RunAsync(
            async (connection, _) => await connection.ExecuteScalarAsync<string>("SELECT current_user"),
            Cancellation
        );

    private async Task<string?> VersionAsync(TlsOptions tls)
    {
        await using var services = Build(tls);
        return await services
            .GetRequiredService<Database>()
            .RunAsync(
                async (connection, _) =>
                    await connection.ExecuteScalarAsync<string>(
                        "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                    ),
                Cancellation
            );
    }

    /// <returns>Why the database cannot be used, as the worker's health check says it.</returns>
    private async Task<string> RefusalAsync()
    {
        await using var services = Build(new());
        var database = services.GetRequiredService<Database>();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => ProcessAsync(database));
        return database.Refusal ?? "";
    }

    private ServiceProvider Build(TlsOptions tls) =>
        TestDatabase.Follow(
            new ChangingOptions<DataOptions>(new DataOptions { ConnectionString = server.ConnectionString }),
            TimeProvider.System,
            tls: tls
        );

    public sealed class Server : IAsyncLifetime
    {
        private EmbeddedPostgres? _postgres;
        private string _plain = "";

        internal TestAuthority Authority { get; } = new();

        internal string ConnectionString => $"{_plain};SSL Mode=VerifyFull;Root Certificate={Authority.AuthorityFile}";

        public async ValueTask InitializeAsync()
        {
            _postgres = await EmbeddedPostgres.StartAsync(cancellation: Cancellation);
            _plain = _postgres.ConnectionString;
            Migrator.Migrate(_plain, NullLogger.Instance);
        }

        /// <summary>Serves this certificate, and this version of TLS only.</summary>
        internal async Task UseAsync(TestCertificate certificate, string version)
        {
            await ExecuteAsync($"ALTER SYSTEM SET ssl_cert_file = '{certificate.CertificateFile}'");
            await ExecuteAsync($"ALTER SYSTEM SET ssl_key_file = '{certificate.KeyFile}'");
            await ExecuteAsync("ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2'");
            await ExecuteAsync($"ALTER SYSTEM SET ssl_max_protocol_version = '{version}'");
            await ExecuteAsync("ALTER SYSTEM SET ssl = on");
            await ExecuteAsync("SELECT pg_reload_conf()");
            await Eventually.TrueAsync(
                async () => await ScalarAsync<string>("SHOW ssl_cert_file") == certificate.CertificateFile,
                "the server has read its settings"
            );
        }

        internal async Task ExecuteAsync(string sql)
        {
            await using var connection = new NpgsqlConnection($"{_plain};SSL Mode=Disable");
            await connection.ExecuteAsync(sql);
        }

        internal Task<long> CountAsync(string user) =>
            ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{user}'");

        public async ValueTask DisposeAsync()
        {
            if (_postgres is not null)
                await _postgres.DisposeAsync();
            Authority.Dispose();
        }

        private async Task<T> ScalarAsync<T>(string sql)
        {
            await using var connection = new NpgsqlConnection($"{_plain};SSL Mode=Disable");
            return (await connection.ExecuteScalarAsync<T>(sql))!;
        }
    }
}
