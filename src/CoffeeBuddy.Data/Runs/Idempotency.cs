using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Runs a change once per key, in the change's own transaction, and keeps its result for a repetition.</summary>
internal static class Idempotency
{
    /// <summary>
    /// Two at once with the same key: the second waits at the key's row until the first has committed, then gets its result;
    /// had the first rolled back, the second does the work.
    /// </summary>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    public static async Task<T> OnceAsync<T>(
        NpgsqlConnection connection,
        IdempotencyKey? key,
        DateTimeOffset now,
        JsonTypeInfo<T> json,
        Func<Task<T>> change,
        Func<T, T> replay,
        CancellationToken ct
    )
        where T : class
    {
        if (key is null)
            return await change();

        const string Take = """
            INSERT INTO idempotency_keys (caller, key, request_hash, created_at)
            VALUES (@Caller, @Key, @RequestHash, @now)
            ON CONFLICT (caller, key) DO NOTHING;
            SELECT request_hash, result::text FROM idempotency_keys WHERE caller = @Caller AND key = @Key;
            """;
        var (requestHash, result) = await connection.QuerySingleAsync<(string, string?)>(
            new CommandDefinition(
                Take,
                new
                {
                    key.Caller,
                    key.Key,
                    key.RequestHash,
                    now,
                },
                cancellationToken: ct
            )
        );
        if (requestHash != key.RequestHash)
            throw new IdempotencyConflictException(key.Key);
        if (result is not null)
            return replay(JsonSerializer.Deserialize(result, json)!);

        var first = await change();
        const string Keep = "UPDATE idempotency_keys SET result = @result::jsonb WHERE caller = @Caller AND key = @Key";
        var answer = new
        {
            key.Caller,
            key.Key,
            result = JsonSerializer.Serialize(replay(first), json),
        };
        await connection.ExecuteAsync(new CommandDefinition(Keep, answer, cancellationToken: ct));
        return first;
    }
}
