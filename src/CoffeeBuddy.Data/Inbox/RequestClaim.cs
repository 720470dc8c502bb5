using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Inbox;

/// <summary>
/// Makes a command that is carried out once, however often its request arrives. The claim is the first statement of the
/// command, and so of its transaction: it costs no round trip, and holds only if the command does.
/// </summary>
/// <param name="EventId">Identifies the request.</param>
/// <param name="Now">When the request is carried out.</param>
/// <param name="Until">How long it is remembered.</param>
public sealed record RequestClaim(string EventId, DateTimeOffset Now, DateTimeOffset Until)
{
    // Ends the command when the request was claimed before. The same token when the command is repeated: after a lost
    // answer it finds its own claim.
    private const string Claim = """
        WITH claimed AS (
            INSERT INTO processed_events AS e (event_id, claimed_until, claim_token) VALUES (@claimId, @claimUntil, @claimToken)
            ON CONFLICT (event_id) DO UPDATE SET claimed_until = excluded.claimed_until, claim_token = excluded.claim_token
            WHERE e.done_at IS NULL AND (e.claimed_until <= @claimNow OR e.claim_token = excluded.claim_token)
            RETURNING 1
        )
        SELECT require_unchanged(EXISTS (SELECT FROM claimed));
        """;

    /// <summary>SQLSTATE of require_unchanged, see migration 0006.</summary>
    internal const string Outdated = "CB001";

    private readonly Guid _token = Guid.NewGuid();

    /// <summary>The beginning of the command. Returns one result; empty without a claim.</summary>
    internal static string SqlOf(RequestClaim? claim) => claim is null ? "" : Claim;

    /// <summary>The parameters of the command and of its claim.</summary>
    internal static DynamicParameters With(RequestClaim? claim, object parameters)
    {
        var all = parameters as DynamicParameters ?? new DynamicParameters(parameters);
        if (claim is not null)
            all.AddDynamicParams(
                new
                {
                    claimId = claim.EventId,
                    claimNow = claim.Now,
                    claimUntil = claim.Until,
                    claimToken = claim._token,
                }
            );
        return all;
    }

    /// <summary>Sends a command that begins with <see cref="SqlOf"/>, and reads the claim's result.</summary>
    /// <exception cref="RepeatedRequestException">The request was claimed before: nothing was done.</exception>
    internal static async Task<SqlMapper.GridReader> SendAsync(
        RequestClaim? claim,
        NpgsqlConnection connection,
        CommandDefinition command
    )
    {
        try
        {
            var results = await connection.QueryMultipleAsync(command);
            if (claim is not null)
                await results.ReadAsync();
            return results;
        }
        catch (PostgresException refused) when (claim is not null && refused.SqlState == Outdated)
        {
            throw new RepeatedRequestException();
        }
    }
}

/// <summary>The request was received before, and nothing was done now.</summary>
public sealed class RepeatedRequestException() : Exception("The request was received before.");
