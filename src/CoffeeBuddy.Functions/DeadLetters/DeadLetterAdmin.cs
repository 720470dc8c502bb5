using CoffeeBuddy.Data.DeadLetters;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>Where an operator deals with dead letters. Those dealt with are not shown again, and not dealt with again.</summary>
internal sealed class DeadLetterAdmin(DeadLetterTopic topic, DeadLetterMarks marks)
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

    /// <param name="action">What is done with them, and the word for it.</param>
    /// <param name="positions">"--all" alone stands for every one that nobody has dealt with.</param>
    public async Task<int> HandleAsync(string action, IReadOnlyList<string> positions)
    {
        IReadOnlyList<DeadLetterRecord> chosen;
        if (positions is ["--all"])
        {
            chosen = await OpenAsync();
            if (chosen.Count == 0)
                Console.WriteLine("There are no dead letters.");
        }
        else
        {
            var known = topic.Read().ToDictionary(record => record.Id.Position, StringComparer.Ordinal);
            // All or none: a mistyped position is told before anything is done.
            if (positions.FirstOrDefault(position => !known.ContainsKey(position)) is { } unknown)
                return DeadLetterCommand.Fail($"There is no dead letter at {unknown}. Nothing was done.");
            chosen = [.. positions.Distinct(StringComparer.Ordinal).Select(position => known[position])];
        }

        var code = 0;
        foreach (var record in chosen)
            code = Math.Max(code, await HandleAsync(action, record));
        return code;
    }

    private async Task<int> HandleAsync(string action, DeadLetterRecord record)
    {
        var replays = action == DeadLetterMarks.Replayed;
        if (replays && record.Topic is null)
            return DeadLetterCommand.Fail(
                $"{record.Id.Position} does not say which topic it came from: it can only be dropped."
            );
        if (replays && record.IsCut)
            return DeadLetterCommand.Fail(
                $"{record.Id.Position} was too large to be kept whole: it is at {record.Source}, and can only be dropped here."
            );
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
            return DeadLetterCommand.Fail(
                $"{record.Id.Position} was {mark.Action} by {mark.HandledBy} at {DeadLetterTable.When(mark.HandledAt)} already. It was left alone."
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
