using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A test with a migrated database for itself, all stores on it, and a clock that it moves.</summary>
public abstract class DatabaseTest(PostgresServer server) : IAsyncLifetime
{
    protected const string Workspace = "T1";
    protected const string Channel = "C1";

    protected static readonly Drink Latte = new("Latte", "Large", ["Oat milk"]);
    protected static readonly Drink Espresso = new("Espresso", "Small");
    protected static readonly Drink Tea = new("Tea", "Medium");

    private readonly List<ServiceProvider> _databases = [];

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    protected CoffeeOptions Options { get; } = new() { MaxActiveRuns = 1000 };
    protected string ConnectionString { get; private set; } = "";
    protected Database Database { get; private set; } = null!;
    protected RunStore Runs { get; private set; } = null!;
    protected PreferenceStore Preferences { get; private set; } = null!;
    protected UserStore Users { get; private set; } = null!;
    protected SettingsStore Settings { get; private set; } = null!;
    protected OutboxStore Outbox { get; private set; } = null!;
    protected SlackMessages Messages { get; private set; } = null!;
    protected ProcessedEvents Processed { get; private set; } = null!;
    protected SweepStore Sweeps { get; private set; } = null!;
    protected AuditStore Audit { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected DateTimeOffset Now => Time.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await server.TakeMigratedAsync();
        Database = Connect(ConnectionString);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Runs = new(Database, Time, options);
        Preferences = new(Database, Time);
        Users = new(Database, Time);
        Settings = new(Database, Time);
        Outbox = new(Database, Time);
        Messages = new(Database, Time);
        Processed = new(Database, Time);
        Sweeps = new(Database, Time, options);
        Audit = new(Database, Time);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
        await server.GiveBackAsync(ConnectionString);
        GC.SuppressFinalize(this);
    }

    protected Database Connect(string connectionString)
    {
        var options = new DataOptions
        {
            ConnectionString = connectionString,
            CommandTimeout = TimeSpan.FromSeconds(30),
            TotalTimeout = TimeSpan.FromSeconds(60),
            ConnectTimeout = TimeSpan.FromSeconds(30),
        };
        return Connect(options);
    }

    protected Database Connect(DataOptions options)
    {
        var services = TestDatabase.Build(options, Time);
        _databases.Add(services);
        return services.GetRequiredService<Database>();
    }

    /// <summary>Another process: the same database over connections of its own.</summary>
    protected RunStore OtherRuns() =>
        new(Connect(ConnectionString), Time, Microsoft.Extensions.Options.Options.Create(Options));

    protected Task<OpenedRun> OpenAsync(string user = "U1", string channel = Channel, string? name = null) =>
        Runs.OpenOrJoinAsync(new(Workspace, channel, user, name, TraceParent: null), Cancellation);

    protected Task<OrderResult> OrderAsync(CoffeeRun run, string user, Drink? drink = null, string? note = null) =>
        Runs.PlaceOrderAsync(
            new(run.RunId, user, DisplayName: null, drink ?? Latte, note, TraceParent: null),
            Cancellation
        );

    protected async Task<CoffeeRun> OpenWithOrdersAsync(string channel, params string[] users)
    {
        var run = (await OpenAsync(users[0], channel)).Run;
        foreach (var user in users)
            run = (await OrderAsync(run, user)).Run!;
        return run;
    }

    protected Task<AssignResult> AssignAsync(CoffeeRun run) =>
        Runs.AssignIfDueAsync(run.RunId, traceParent: null, Cancellation);

    /// <summary>A run as it is after its assignment: everybody ordered and the window is over.</summary>
    protected async Task<CoffeeRun> AssignedAsync(string channel, params string[] users)
    {
        var run = await OpenWithOrdersAsync(channel, users);
        Time.Advance(Options.OrderWindow);
        var result = await AssignAsync(run);
        Assert.True(result.Assigned);
        return result.Run!;
    }

    protected async Task<CoffeeRun> ReadAsync(CoffeeRun run) => (await Runs.GetAsync(run.RunId, Cancellation))!.Run;

    protected Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        Database.RunAsync<IReadOnlyList<T>>(
            async (connection, token) =>
                (
                    await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: token))
                ).AsList(),
            Cancellation
        );

    protected Task<long> CountAsync(string from) =>
        Database.RunAsync(
            (connection, token) =>
                connection.ExecuteScalarAsync<long>(
                    new CommandDefinition($"SELECT count(*) FROM {from}", cancellationToken: token)
                ),
            Cancellation
        );

    protected Task ExecuteAsync(string sql, object? parameters = null) =>
        Database.RunAsync(
            (connection, token) =>
                connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)),
            Cancellation
        );

    /// <summary>From now on writing to a table fails.</summary>
    protected Task BreakAsync(string table) =>
        ExecuteAsync(
            $"""
            CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
            CREATE TRIGGER break_it BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION break_it();
            """
        );

    /// <summary>Runs it as often at once.</summary>
    protected static async Task<IReadOnlyList<T>> AtOnceAsync<T>(int times, Func<int, Task<T>> work) =>
        await Task.WhenAll(Enumerable.Range(0, times).Select(index => Task.Run(() => work(index), Cancellation)));
}
