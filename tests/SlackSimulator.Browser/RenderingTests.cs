using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

/// <summary>Rendering of unusual content.</summary>
public sealed class RenderingTests(Chromium chromium)
{
    [Theory]
    [InlineData("<!date^99999999999999^{date}|at some time>", "at some time")]
    [InlineData("<!date^x^{date}|some day>", "some day")]
    [InlineData("<!date^x^y>", "<!date^x^y>")]
    [InlineData("*bold* \uE0007\uE001 <https://example.com|link>", "bold \uE0007\uE001 link")]
    [InlineData("<!date^-86400^{date_num}|before>", "1969-12-31")]
    public async Task Invalid_dates_and_unusual_characters_do_not_break_the_channel(string text, string shown)
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await office.App.PostAsync("first");
        await office.App.PostAsync(text);
        await office.App.PostAsync("last");
        await Expect(page.Locator("#messages .message-text")).ToHaveTextAsync(["first", shown, "last"]);
    }

    [Theory]
    [InlineData("_*both*_", "<em><strong>both</strong></em>")]
    [InlineData("*_both_*", "<strong><em>both</em></strong>")]
    [InlineData("~_*all*_~ and _one_", "<s><em><strong>all</strong></em></s> and <em>one</em>")]
    [InlineData("snake_case_name *not", "snake_case_name *not")]
    public async Task Styles_can_be_nested_in_any_order(string text, string markup)
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await office.App.PostAsync(text);
        await Expect(page.Locator("#messages .message-text")).ToHaveCountAsync(1);
        Assert.Equal(markup, await page.Locator("#messages .message-text").InnerHTMLAsync());
    }

    [Fact]
    public async Task A_block_or_message_that_cannot_be_rendered_does_not_affect_others()
    {
        await using var office = await Office.OpenAsync(chromium);
        await office.App.PostAsync(
            "first",
            JsonNode.Parse(
                """[{"type": "divider"}, {"type": "header", "text": {"type": "plain_text", "text": "Still here"}}]"""
            )
        );
        await office.App.PostAsync("second");
        await office.App.PostAsync("third");
        var page = await office.WindowAsync();
        // The simulator refuses such content, so the answer is changed on its way to the page.
        await page.RouteAsync(
            "**/messages?**",
            async route =>
            {
                var answer = await route.FetchAsync();
                var body = JsonNode.Parse(await answer.TextAsync())!;
                body["messages"]![0]!["blocks"]![0] = new JsonObject
                {
                    ["type"] = "section",
                    ["block_id"] = "odd",
                    ["text"] = 7,
                };
                body["messages"]![1]!["reply_count"] = 1;
                await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = body.ToJsonString() });
            }
        );
        await page.ReloadAsync();
        await Expect(page.GetByText("(cannot be shown)")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Still here" })).ToBeVisibleAsync();
        await Expect(page.Message("third")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_relative_time_is_kept_current_without_a_change_of_its_message()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.Clock.InstallAsync();
        await page.ReloadAsync();
        var at = office.Slack.Clock.Now.AddMinutes(10).AddSeconds(50).ToUnixTimeSeconds();
        await office.App.PostAsync($"Due by <!date^{at}^{{time}}, {{ago}}|later>.");
        await Expect(page.Message("Due by")).ToContainTextAsync("in 10 minutes");

        await page.Clock.FastForwardAsync("05:00");

        await Expect(page.Message("Due by")).ToContainTextAsync("in 5 minutes");
    }

    [Fact]
    public async Task A_deactivated_persons_messages_remain_with_their_name()
    {
        await using var office = await Office.OpenAsync(chromium);
        var priya = await office.WindowAsync("priya");
        await priya.TypeAsync("Farewell");
        await Expect(priya.Message("Farewell")).ToBeVisibleAsync();
        await office.ControlAsync(HttpMethod.Put, "people/priya", new JsonObject { ["deleted"] = true });
        var noor = await office.WindowAsync();
        await Expect(noor.Message("Farewell")).ToContainTextAsync("Priya");
    }
}
