using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <summary>
/// Makes a change once per key, in the change's transaction, and keeps its result for a repetition of the request.
/// </summary>
internal static class Idempotency
{
    /// <summary>
    /// Of two requests with one key at the same time, the second waits at the key's row until the first has committed,
    /// and gets its result. If the first was rolled back, the second makes the change.
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
