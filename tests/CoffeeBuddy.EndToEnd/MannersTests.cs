using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>How much the app writes, where, and to whom.</summary>
public sealed class MannersTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_run_of_ten_people_posts_one_message_in_the_channel_and_three_in_its_thread()
    {
        var watcher = await Office.HireAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Office.HireAsync()));
        var corner = new Corner(Office, await Office.NewChannelAsync([.. people, watcher]), people);
        await corner.FormsAsync();
        await corner.SubmitAtOnceAsync(_ => [("drink:0", "Latte")]);
        var runner = await corner.RunnerAsync();
        await corner.SummaryAsync("10 orders so far");
        // Of a run that is over, nobody's order is confirmed any more.
        foreach (var person in people)
            await ToldAsync(corner, person, "Your order");

        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner, "10 orders"), "run_complete");
        await corner.AnnouncementAsync("Complete, 10 orders");
        await corner.SeesAsync(watcher, message => message.Shown.Contains("run is complete", StringComparison.Ordinal));

        var seen = await watcher.SeesAsync(corner.Channel);
        Assert.All(seen, message => Assert.False(message.IsEphemeral));
        Assert.Equal((1, 3), (seen.Count(message => !InThread(message)), seen.Count(InThread)));
        // What a screen reader reads, and a notification shows.
        Assert.All(seen, message => Assert.NotEmpty(message.Text));
        Assert.All(seen, message => Assert.DoesNotMatch("<!(?:here|channel|everyone)", message.Json.ToJsonString()));
        foreach (var person in people)
        {
            var own = (await person.SeesAsync(corner.Channel)).Where(message => message.IsEphemeral);
            Assert.Contains("Your order", Assert.Single(own).Shown, StringComparison.Ordinal);
        }
    }

    private static bool InThread(SeenMessage message) => message.ThreadTs is not null && message.ThreadTs != message.Ts;
}
