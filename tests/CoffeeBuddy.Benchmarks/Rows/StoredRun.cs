using System.Globalization;
using CoffeeBuddy.Benchmarks.Load;

namespace CoffeeBuddy.Benchmarks.Rows;

/// <summary>A run that SQL stores: its ids are computed from a number, so that <c>pgbench</c> can choose one too.</summary>
internal readonly record struct StoredRun(int Number)
{
    public const int People = 2_000;

    private const string Names = """
        CREATE OR REPLACE FUNCTION bench_run(number INT) RETURNS UUID LANGUAGE sql IMMUTABLE AS
        $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
        CREATE OR REPLACE FUNCTION bench_person(number INT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
        $$ SELECT 'U' || lpad(number::text, 8, '0') $$;
        CREATE OR REPLACE FUNCTION bench_channel(number INT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
        $$ SELECT 'C' || lpad(number::text, 8, '0') $$;
        """;

    public Guid Id => Guid.Parse($"00000000-0000-7000-8000-{Digits(Number, 12)}");

    public string Channel => $"C{Digits(Number, 8)}";

    public static string Person(int number) => $"U{Digits(number, 8)}";

    /// <summary>Stores active runs without orders, each in a channel of its own, and the people.</summary>
    public static Task OpenAsync(Lab lab, int first, int count, CancellationToken stop) =>
        lab.ExecuteAsync(
            $"""
            {Names}
            INSERT INTO users (user_id, created_at, updated_at, profile_refreshed_at)
            SELECT bench_person(n), now(), now(), now() FROM generate_series(1, {People}) n ON CONFLICT DO NOTHING;
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at, empty_since)
            SELECT bench_run(n), '{SlackRequests.Team}', bench_channel(n), bench_person(1), now(), now(), now()
            FROM generate_series({first}, {first + count - 1}) n;
            """,
            stop
        );

    private static string Digits(int number, int count) => number.ToString($"D{count}", CultureInfo.InvariantCulture);
}
