using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Slack.Api;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>The time limits fit into each other, with every configuration that is accepted.</summary>
public sealed class TimeBudgetTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_claim_outlasts_the_calls_that_it_protects()
    {
        Assert.True(TimeBudget.MessageClaim > TimeBudget.CallsToShow * TimeBudget.SlackCall);
        Assert.True(TimeBudget.MessageSearchClaim > TimeBudget.CallsToSearchAndShow * TimeBudget.SlackCall);
        Assert.Equal(SlackClient.MaxSearchPages + TimeBudget.CallsToShow, TimeBudget.CallsToSearchAndShow);
        Assert.True(TimeBudget.EventClaim > TimeBudget.CallsToShow * TimeBudget.SlackCall);
        Assert.True(
            TimeBudget.FileClaim > TimeBudget.CallsToSendFile * TimeBudget.SlackCall + TimeBudget.DatabaseOperation
        );
        Assert.True(TimeBudget.MessageClaim > TimeBudget.Email);
    }

    [Fact]
    public void A_change_of_a_run_has_time_to_be_stored_and_published() =>
        Assert.True(TimeBudget.RunAction > TimeBudget.DatabaseOperation + TimeBudget.KafkaWait);

    [Fact]
    public void A_message_is_searched_for_only_when_its_claim_has_ended_or_history_has_settled()
    {
        Assert.True(TimeBudget.MessageResult < TimeBudget.MessageClaim);
        Assert.True(TimeBudget.MessageResult > TimeBudget.DatabaseOperation);
        Assert.True(TimeBudget.MessageSettling < TimeBudget.MessageClaim);
    }

    [Fact]
    public void An_event_is_not_published_by_two_workers_while_the_producer_still_tries()
    {
        Assert.True(TimeBudget.OutboxWriterLease >= TimeBudget.KafkaDelivery);
        Assert.True(TimeBudget.OutboxSweepLease / 2 > TimeBudget.KafkaDelivery);
        Assert.True(TimeBudget.KafkaWait < TimeBudget.KafkaDelivery);
    }

    [Fact]
    public void Partitions_of_a_worker_that_is_gone_are_given_to_others_within_ten_seconds()
    {
        var kafka = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))![
            "extensions"
        ]!["kafka"]!;

        // Brokers accept 6 s at least.
        Assert.InRange((int)kafka["sessionTimeoutMs"]!, 6_000, 9_000);
    }

    [Fact]
    public void Longer_calls_cannot_be_configured()
    {
        var slack = new SlackOptions { SigningSecret = "s", BotToken = "xoxb-t" };
        slack.Timeout = TimeBudget.SlackCall - slack.MaxRateLimitWait;
        Assert.True(IsValid(slack));
        slack.Timeout += Tick;
        Assert.False(IsValid(slack));

        Assert.True(IsValid(new EmailOptions { Timeout = TimeBudget.Email }));
        Assert.False(IsValid(new EmailOptions { Timeout = TimeBudget.Email + Tick }));

        var kafka = new KafkaOptions
        {
            BootstrapServers = "kafka:9092",
            RecordKey = SandboxOptions.RecordKey,
            PublishTimeout = TimeBudget.KafkaWait,
        };
        Assert.True(IsValid(kafka));
        kafka.PublishTimeout += Tick;
        Assert.False(IsValid(kafka));

        Assert.Equal(TimeBudget.DatabaseWork, new DataOptions().CommandTimeout);
        Assert.Equal(TimeBudget.DatabaseOperation, new DataOptions().TotalTimeout);
        Assert.True(TimeBudget.DatabaseOperation > TimeBudget.DatabaseWork);
    }

    private static bool IsValid(object options) =>
        Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true);
}
