using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class WindowTests : KafkaTest
{
    [Fact]
    public async Task A_full_window_pauses_the_partition_until_there_is_room_again()
    {
        var fail = true;
        Inbox.Handle = call =>
            Volatile.Read(ref fail) && call.Keys is ["stuck"]
                ? throw new InvalidOperationException("not yet")
                : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Endless, new() { ["maxInFlightPerPartition"] = "4" });
        var values = Enumerable.Range(0, 20).Select(static number => $"{number}").ToArray();

        await ProduceAsync(("stuck", "stuck"));
        await ProduceAsync([.. values.Select(static value => (value, value))!]);
        await Eventually.TrueAsync(
            () =>
                host.Logs.Lines.Any(static line => line.Text.Contains("pauses 1 partitions", StringComparison.Ordinal)),
            "the partition is paused"
        );
        await Eventually.TrueAsync(() => Inbox.Done.Count == 3, "what is in the window is done");
        var calls = Inbox.Calls.Count;
        await Eventually.TrueAsync(() => Inbox.Calls.Count > calls + 20, "the stuck record goes on being retried");
        Assert.Equal(3, Inbox.Done.Count);
        Volatile.Write(ref fail, false);

        await DoneAsync([.. values, "stuck"]);
        Assert.Equal(21, Inbox.Done.Count);
        await Eventually.TrueAsync(() => Committed() == 21, "everything is committed");
    }

    [Fact]
    public async Task An_undone_record_is_not_committed_and_is_processed_after_a_restart()
    {
        Inbox.Handle = static call =>
            call.Values is ["stuck"] ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using (var first = await StartAsync(KafkaFunctions.Endless))
        {
            await ProduceAsync(("a", "before"));
            await ProduceAsync(("b", "stuck"));
            await ProduceAsync(("c", "after"));
            await DoneAsync("before", "after");
            await first.StopAsync();
        }

        Assert.Equal(1, Committed());
        Inbox.Done.Clear();
        Inbox.Handle = static _ => Task.CompletedTask;
        await using var second = await StartAsync(KafkaFunctions.Endless);
        await DoneAsync("stuck", "after");

        Assert.DoesNotContain("before", Inbox.Done);
        await Eventually.TrueAsync(() => Committed() == 3, "everything is committed");
    }
}
