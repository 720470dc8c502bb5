using System.Text;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Fuzz;

/// <summary>A mutated record is either read or refused without retry; no other exception occurs.</summary>
public sealed class RecordFuzzTests
{
    private const int Seed = 20261124;
    private const int Cases = 40_000;

    private static readonly string[] Types =
    [
        "coffee.order.placed",
        "coffee.run.created",
        "coffee.run.completed",
        "coffee.reminder.due",
        "coffee.unknown",
        "",
    ];

    [Fact]
    public async Task Events_of_a_run_are_read_or_refused_without_retry()
    {
        var (read, refused) = (0, 0);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Cases),
            TestContext.Current.CancellationToken,
            async (index, cancellationToken) =>
            {
                var mutator = new Mutator(Seed + index);
                var record = Signed.Record(
                    "coffee.orders",
                    "key"u8.ToArray(),
                    mutator.Json(mutator.One(Samples.RunEvents)),
                    mutator.Sometimes(20) ? [] : [("ce_type", Encoding.UTF8.GetBytes(mutator.One(Types)))]
                );
                try
                {
                    await Signed.RunEvents.ForEachRunAsync([record], Handle, cancellationToken);
                    Interlocked.Increment(ref read);
                }
                catch (PermanentFailureException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception exception)
                {
                    Assert.Fail(
                        $"Case {index}: {exception.GetType().Name} for {Convert.ToBase64String(record.Value!)}"
                    );
                }
            }
        );

        // The mutations are small enough that some records stay readable.
        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");

        static Task Handle(Guid run, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
        {
            Assert.NotEqual(Guid.Empty, run);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void Slack_payloads_are_read_or_refused_with_a_reason()
    {
        var (read, refused) = (0, 0);
        Parallel.For(
            0,
            Cases,
            index =>
            {
                var mutator = new Mutator(Seed - index);
                var value = mutator.Json(mutator.One(mutator.Sometimes(2) ? Samples.Events : Samples.Interactions));
                try
                {
                    Interlocked.Increment(ref IsRead(value) ? ref read : ref refused);
                }
                catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"Case {index}: {exception.GetType().Name} for {Convert.ToBase64String(value)}");
                }
            }
        );
        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    private static bool IsRead(byte[] value)
    {
        var isEvent = SlackEventEnvelope.TryParse(value, out var envelope, out var noEvent);
        var isInteraction = Interaction.TryParse(
            Encoding.UTF8.GetString(value),
            out var interaction,
            out var noInteraction
        );
        Assert.Equal(
            (isEvent, isInteraction),
            (noEvent is null && envelope is not null, noInteraction is null && interaction is not null)
        );
        if (interaction is not null)
            _ = OrderModal.TryRead(interaction, out _);
        return isEvent || isInteraction;
    }
}
