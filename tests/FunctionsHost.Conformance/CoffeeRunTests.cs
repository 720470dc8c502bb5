using CoffeeBuddy.Sandbox.Slack;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Support;

namespace FunctionsHost.Conformance;

/// <summary>A whole coffee run on Microsoft's worker runtime: Slack, HTTP, Kafka and timers.</summary>
public sealed class CoffeeRunTests(HostedOffice office)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_people_order_one_is_sent_and_reminded_and_everyone_is_told_in_the_end()
    {
        await using var feed = KafkaFeed.Start(office.Host, office.Sandbox.Kafka.BootstrapServers);
        var (channel, people) = await office.GatherAsync(3);

        foreach (var person in people)
            await OrderAsync(channel, person);
        var assignment = await people[0].WaitToSeeAsync(channel, message => Says(message, "goes.*"), Guard.Timeout);
        var runner = people.Single(person => Says(assignment, $"<@{person.Id}>"));
        await ToldAsync(runner, "You go for coffee");

        await office.Rows.ExecuteAsync(
            "UPDATE coffee_runs SET assigned_at = assigned_at - interval '5 minutes' WHERE channel_id = @channel",
            new { channel }
        );
        Assert.Succeeded(
            await office.Host.InvokeAsync(Invocations.Timer(office.Host.Functions["QueueReminders"]), Cancellation)
        );
        var reminder = await ToldAsync(runner, "eminder");

        await runner.ClickAsync(reminder, "run_complete");
        var done = await people[0]
            .WaitToSeeAsync(channel, message => Says(message, "coffee run is complete"), Guard.Timeout);
        Assert.All(people, person => Assert.Contains($"<@{person.Id}>", done.Shown, StringComparison.Ordinal));
        Assert.Empty(office.FrontEnd.Failures);
    }

    private static async Task OrderAsync(string channel, SlackPerson person)
    {
        var answered = await person.CommandAsync(channel, "/coffee");
        Assert.True((bool)answered["ok"]!, answered.ToJsonString());
        var submitted = await person.SubmitAsync(("drink:0", "Latte"), ("size:0", "Large"));
        Assert.True((bool)submitted["closed"]!, submitted.ToJsonString());
    }

    private static Task<SeenMessage> ToldAsync(SlackPerson runner, string text) =>
        runner.WaitToSeeAsync(
            "dm",
            message => Says(message, text) && message.Buttons.Contains("run_complete"),
            Guard.Timeout
        );

    private static bool Says(SeenMessage message, string text) =>
        message.Shown.Contains(text, StringComparison.Ordinal);
}
