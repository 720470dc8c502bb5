using System.Text;
using CoffeeBuddy.Functions.Triggers.Kafka;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>What is in a Kafka record can be read, or is refused for good: nothing else, whatever it is.</summary>
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
    public async Task A_runs_events_are_read_or_refused_for_good()
    {
        var (read, refused) = (0, 0);
        for (var index = 0; index < Cases; index++)
        {
            var mutator = new Mutator(Seed + index);
            var record = new KafkaRecord
            {
                Value = mutator.Json(mutator.One(Samples.RunEvents)),
                Headers = mutator.Sometimes(20)
                    ? []
                    : [new() { Key = "ce_type", Value = Encoding.UTF8.GetBytes(mutator.One(Types)) }],
            };
            try
            {
                await RunEvents.ForEachRunAsync([record], Handle, TestContext.Current.CancellationToken);
                read++;
            }
            catch (PermanentFailureException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Case {index}: {exception.GetType().Name} for {Convert.ToBase64String(record.Value)}");
            }
        }

        // Neither all nor none: the cases are near to good ones.
        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");

        static Task Handle(Guid run, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
        {
            Assert.NotEqual(Guid.Empty, run);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void Slacks_payloads_are_read_or_refused_with_a_reason()
    {
        var (read, refused) = (0, 0);
        for (var index = 0; index < Cases; index++)
        {
            var mutator = new Mutator(Seed - index);
            var value = mutator.Json(mutator.One(mutator.Sometimes(2) ? Samples.Events : Samples.Interactions));
            try
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
                _ = isEvent || isInteraction ? read++ : refused++;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Case {index}: {exception.GetType().Name} for {Convert.ToBase64String(value)}");
            }
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }
}
