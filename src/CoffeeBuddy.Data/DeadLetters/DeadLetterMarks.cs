using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.DeadLetters;

/// <summary>A record of the dead-letter topic.</summary>
/// <param name="RecordedAt">Kafka's time of the record, in ms: offsets begin anew when a topic is created again.</param>
public sealed record DeadLetterId(int Partition, long Offset, DateTimeOffset RecordedAt)
{
    /// <summary>As operators name it: "3@17".</summary>
    public string Position => $"{Partition}@{Offset}";
}

/// <param name="Action">One of <see cref="DeadLetterMarks"/>' constants.</param>
public sealed record DeadLetterMark(string Action, DateTimeOffset HandledAt, string HandledBy);

/// <summary>Which dead letters an operator has dealt with. A consumer's offset could not say it: they are dealt with one by one.</summary>
public sealed class DeadLetterMarks(Database database, TimeProvider time)
{
    public const string Replayed = "replayed";
    public const string Dropped = "dropped";

    public Task<IReadOnlyDictionary<DeadLetterId, DeadLetterMark>> ListAsync(CancellationToken ct) =>
        database.RunAsync<IReadOnlyDictionary<DeadLetterId, DeadLetterMark>>(
            async (connection, token) =>
            {
                const string Sql =
                    "SELECT partition, record_offset, recorded_at, action, handled_at, handled_by FROM deadletter_handled";
                var rows = await connection.QueryAsync<Row>(new CommandDefinition(Sql, cancellationToken: token));
                return rows.ToDictionary(
                    row => new DeadLetterId(row.Partition, row.RecordOffset, row.RecordedAt),
                    row => new DeadLetterMark(row.Action, row.HandledAt, row.HandledBy)
                );
            },
            ct
        );

    /// <summary>
    /// Does something with a dead letter and marks it, both or neither, unless it is marked already. Of two operators at
    /// once the second waits for the first. Dying between the deed and the mark leaves the deed done and no mark.
    /// </summary>
    /// <returns>False when it was marked before: nothing was done.</returns>
    public Task<bool> HandleAsync(
        DeadLetterId id,
        string action,
        string by,
        Func<CancellationToken, Task> act,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            async (connection, _, token) =>
            {
                const string Sql = """
                    INSERT INTO deadletter_handled (partition, record_offset, recorded_at, action, handled_at, handled_by)
                    VALUES (@Partition, @Offset, @RecordedAt, @action, @now, @by)
                    ON CONFLICT DO NOTHING
                    """;
                var parameters = new
                {
                    id.Partition,
                    id.Offset,
                    id.RecordedAt,
                    action,
                    now = time.Now(),
                    by,
                };
                if (
                    await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: token)) == 0
                )
                    return false;
                await act(token);
                return true;
            },
            ct
        );

    private sealed class Row
    {
        public int Partition { get; set; }
        public long RecordOffset { get; set; }
        public DateTimeOffset RecordedAt { get; set; }
        public string Action { get; set; } = "";
        public DateTimeOffset HandledAt { get; set; }
        public string HandledBy { get; set; } = "";
    }
}
