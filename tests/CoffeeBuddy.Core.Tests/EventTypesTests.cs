using CoffeeBuddy.Core.Events;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class EventTypesTests
{
    [Theory]
    [InlineData(EventTypes.RunCreated, Topics.Orders)]
    [InlineData(EventTypes.OrderPlaced, Topics.Orders)]
    [InlineData(EventTypes.OrderWithdrawn, Topics.Orders)]
    [InlineData(EventTypes.RunnerAssigned, Topics.Assignments)]
    [InlineData(EventTypes.ReminderDue, Topics.Assignments)]
    [InlineData(EventTypes.RunCompleted, Topics.Completions)]
    [InlineData(EventTypes.RunCancelled, Topics.Completions)]
    public void Every_event_has_its_topic(string eventType, string topic) =>
        Assert.Equal(topic, EventTypes.TopicOf(eventType));

    [Fact]
    public void An_unknown_event_has_no_topic() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EventTypes.TopicOf("coffee.spilled"));

    [Theory]
    [InlineData(EventTypes.OrderPlaced, true)]
    [InlineData(EventTypes.SlackEvent, false)]
    [InlineData(EventTypes.SlackInteraction, false)]
    public void Requests_of_Slack_are_no_events_of_a_run(string eventType, bool isOfRun) =>
        Assert.Equal(isOfRun, EventTypes.IsOfRun(eventType));
}
