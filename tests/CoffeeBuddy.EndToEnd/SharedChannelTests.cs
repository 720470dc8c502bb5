using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// Channels that are shared with another company (Slack Connect), and conversations that are not channels. In the events
/// of a shared channel, <c>team_id</c> can be the other company's; <c>authorizations</c> names the workspace where the app
/// is installed.
/// </summary>
public sealed class SharedChannelTests(WholeOffice office) : EndToEndTest(office)
{
    private const string Partner = "T0PARTNER01";

    [Fact]
    public async Task An_order_of_another_company_is_taken_and_confirmed_in_the_workspace_where_the_app_is_installed()
    {
        var corner = await Office.CornerAsync(2);
        var stranger = corner.People[1];
        await corner.FormAsync(corner.People[0]);
        var thread = (await corner.AnnouncementAsync()).Ts;

        await SendAsync(
            corner,
            new()
            {
                ["type"] = "message",
                ["user"] = stranger.Id,
                ["text"] = "large latte",
                ["ts"] = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000100",
                ["thread_ts"] = thread,
                ["team"] = Partner,
                ["user_team"] = Partner,
                ["source_team"] = Partner,
            }
        );

        await corner.SummaryAsync($"Large Latte — <@{stranger.Id}>");
        await ToldAsync(corner, stranger, "Large Latte");
        AssertOurs($"T0SIM00001:{corner.Channel}", "message");
    }

    [Fact]
    public async Task A_mention_by_another_company_is_answered_where_the_app_is_installed()
    {
        var corner = await Office.CornerAsync(1);
        var stranger = corner.People[0];
        var ts = (string)(await stranger.SayAsync(corner.Channel, "hello"))["ts"]!;

        await SendAsync(
            corner,
            new()
            {
                ["type"] = "app_mention",
                ["user"] = stranger.Id,
                ["text"] = "<@U0BOT00001> help",
                ["ts"] = ts,
                ["user_team"] = Partner,
            }
        );

        await corner.SeesAsync(
            stranger,
            message => message.ThreadTs == ts && message.Shown.Contains("Here is how I help", StringComparison.Ordinal)
        );
        AssertOurs($"T0SIM00001:help:{corner.Channel}", "app_mention");
    }

    [Theory]
    [InlineData("C0GROUPDM01", "mpdm-noor--priya--mateo-1")]
    [InlineData("D0DIRECT001", "directmessage")]
    public async Task A_coffee_command_in_direct_messages_is_answered_with_where_it_works(string channel, string name)
    {
        var person = await Office.HireAsync();

        var answer = await Office.Slack.CommandAsync("/coffee", person.Id, channel, ("channel_name", name));

        Assert.Contains("Coffee runs take place in channels", answer.Is(200).Text, StringComparison.Ordinal);
        Assert.Equal(0, await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel }));
    }

    /// <summary>The key names the workspace in which the event is handled, and with whose token.</summary>
    private void AssertOurs(string key, string type) =>
        Assert.Contains(
            Office.Topics.Read("slack.events", key),
            record =>
                record.Text.Contains(Partner, StringComparison.Ordinal)
                && record.Text.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal)
        );

    private async Task SendAsync(Corner corner, JsonObject slackEvent)
    {
        slackEvent["channel"] = corner.Channel;
        var envelope = new JsonObject
        {
            ["team_id"] = Partner,
            ["context_team_id"] = Partner,
            ["type"] = "event_callback",
            ["event_id"] = $"EvSHARED{slackEvent["type"]}{corner.Channel}",
            ["is_ext_shared_channel"] = true,
            ["authorizations"] = new JsonArray(
                new JsonObject
                {
                    ["enterprise_id"] = null,
                    ["team_id"] = "T0SIM00001",
                    ["user_id"] = "U0BOT00001",
                    ["is_bot"] = true,
                    ["is_enterprise_install"] = false,
                }
            ),
            ["event"] = slackEvent,
        };
        (await Office.Slack.EventAsync(envelope.ToJsonString())).Is(200);
    }
}
