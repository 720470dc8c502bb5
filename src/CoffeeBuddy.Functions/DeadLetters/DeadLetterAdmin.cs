using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// Lists dead letters and handles them for an operator. A handled one is not listed and not handled again.
/// </summary>
internal sealed class DeadLetterAdmin(DeadLetterTopic topic, DeadLetterMarks marks, RecordSeal seal)
{
    private static readonly string Operator = $"{Environment.UserName}@{Environment.MachineName}";

    public async Task<int> ListAsync(bool json)
    {
        var rows = (await OpenAsync()).Select(DeadLetterRow.Of).ToList();
        if (json)
            Console.WriteLine(DeadLetterTable.ToJson(rows));
        else if (rows.Count == 0)
            Console.WriteLine("There are no dead letters.");
        else
            Console.WriteLine(string.Join(Environment.NewLine, DeadLetterTable.ToLines(rows)));
        return 0;
    }

    /// <param name="action"><see cref="DeadLetterMarks.Replayed"/> or <see cref="DeadLetterMarks.Dropped"/>.</param>
    public async Task<int> HandleAllAsync(string action)
    {
        var open = await OpenAsync();
        if (open.Count == 0)
            Console.WriteLine("There are no dead letters.");
        return await HandleAsync(action, open);
    }

    /// <param name="positions">Handled only if all of them exist.</param>
    /// <inheritdoc cref="HandleAllAsync"/>
    public async Task<int> HandleAsync(string action, IReadOnlyList<string> positions)
    {
        var known = topic.Read().ToDictionary(record => record.Id.Position, StringComparer.Ordinal);
        return positions.FirstOrDefault(position => !known.ContainsKey(position)) is { } unknown
            ? OperatorCommand.Fail($"There is no dead letter at {unknown}. Nothing was done.")
            : await HandleAsync(action, positions.Distinct(StringComparer.Ordinal).Select(position => known[position]));
    }

    private async Task<int> HandleAsync(string action, IEnumerable<DeadLetterRecord> records)
    {
        var code = 0;
        foreach (var record in records)
            code = Math.Max(code, await HandleAsync(action, record));
        return code;
    }

    private async Task<int> HandleAsync(string action, DeadLetterRecord record)
    {
        var replays = action == DeadLetterMarks.Replayed;
        if (replays && record.Topic is null)
            return OperatorCommand.Fail(
                $"{record.Id.Position} does not say which topic it came from: it can only be dropped."
            );
        if (replays && record.IsCut)
            return OperatorCommand.Fail(
                $"{record.Id.Position} was too large to be stored completely: the record is at {record.Source}, and can only be dropped here."
            );
        // Its function would refuse it again. The topic in its headers is not protected, and the signature names it.
        if (replays && !seal.TryOpen(record.Topic!, record.Original(), out _, out var fault))
            return OperatorCommand.Fail($"{record.Id.Position} can only be dropped. {fault}");
        if (
            !await marks.HandleAsync(
                record.Id,
                action,
                Operator,
                token => replays ? topic.ReplayAsync(record, token) : Task.CompletedTask,
                CancellationToken.None
            )
        )
        {
            var mark = (await marks.ListAsync(CancellationToken.None))[record.Id];
            return OperatorCommand.Fail(
                $"{record.Id.Position} was {mark.Action} by {mark.HandledBy} at {DeadLetterTable.When(mark.HandledAt)} already. It was not changed."
            );
        }

        Console.WriteLine(
            replays ? $"{record.Id.Position} was replayed to {record.Topic}." : $"{record.Id.Position} was dropped."
        );
        return 0;
    }

    private async Task<IReadOnlyList<DeadLetterRecord>> OpenAsync()
    {
        var handled = await marks.ListAsync(CancellationToken.None);
        return [.. topic.Read().Where(record => !handled.ContainsKey(record.Id))];
    }
}
