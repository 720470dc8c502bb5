using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.DeadLetters;

/// <summary>A record of the dead-letter topic.</summary>
/// <param name="RecordedAt">
/// Kafka's timestamp of the record, in ms. Offsets start at 0 again when a topic is deleted and created again.
/// </param>
public sealed record DeadLetterId(int Partition, long Offset, DateTimeOffset RecordedAt)
{
    /// <summary>Partition and offset as operators write them: "3@17".</summary>
    public string Position => $"{Partition}@{Offset}";
}

/// <param name="Action">One of <see cref="DeadLetterMarks"/>' constants.</param>
public sealed record DeadLetterMark(string Action, DateTimeOffset HandledAt, string HandledBy);

/// <summary>
/// The dead letters that an operator has handled. A consumer's offset cannot say this, since they are handled one by
/// one.
/// </summary>
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
    /// Handles a dead letter and marks it, unless it is marked already. If handling fails, the mark is not stored. Of
    /// two operators at the same time the second waits for the first. If the process ends between handling and commit,
    /// the dead letter was handled and is not marked.
    /// </summary>
    /// <returns>False when it was marked before and was not handled again.</returns>
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
