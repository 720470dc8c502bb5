using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>
/// The longest inputs, with mrkdwn in them: Slack accepts every message, and no input is interpreted as mrkdwn.
/// </summary>
public sealed class LimitTests(WholeOffice office) : EndToEndTest(office)
{
    private static readonly string[] Everything =
    [
        "Oat milk",
        "Soy milk",
        "Lactose-free milk",
        "Extra shot",
        "Decaf",
        "Iced",
        "Sugar",
        "Vanilla syrup",
        "Caramel syrup",
        "To go lid",
    ];

    [Fact]
    public async Task Fifty_orders_of_maximum_length_fit_into_Slacks_messages()
    {
        var corner = await Office.CornerAsync(50);
        await corner.FormsAsync();

        await corner.SubmitAtOnceAsync(number =>
            [
                ("drink:0", "something_else"),
                ("other:0", Fill($"{number}<!channel>&*_~`<@U0FREYA000>\"👩🏽‍🚀", 100)),
                ("size:0", "Large"),
                ("customizations:0", Everything),
                ("note:0", Fill("<!here>\n>*loud* 👩🏽‍🚀&amp;", 200)),
            ]
        );

        var summary = await corner.SummaryAsync("*50 orders so far*");
        Assert.Contains("&lt;!channel&gt;", summary.Shown, StringComparison.Ordinal);
        var runner = await corner.RunnerAsync();
        await corner.AnnouncementAsync("50 orders.");
        var told = await Corner.RunnersMessageAsync(runner, "50 orders");
        foreach (var person in corner.People)
            await ToldAsync(corner, person, "&lt;!channel&gt;");
        // The form offers this drink again.
        await corner.FormAsync(runner);
        await runner.ClickAsync("view", "usual:0");
        await Office.OpenHomeAsync(runner);
        await Office.HomeAsync(runner, "&lt;!channel&gt;&amp;");
        await runner.ClickAsync(told, "run_complete");
        await corner.SeesAsync(
            runner,
            message => message.Shown.Contains("The coffee run is complete", StringComparison.Ordinal)
        );
        await runner.CommandAsync(corner.Channel, "/coffee-history");
        await ToldAsync(corner, runner, "50 orders · :white_check_mark: completed");

        var shown = (await runner.SeesAsync(corner.Channel))
            .Concat(await runner.SeesAsync("dm"))
            .SelectMany(message => new[] { message.Shown, message.Text });
        Assert.All(
            shown,
            text =>
            {
                Assert.DoesNotContain("<!channel>", text, StringComparison.Ordinal);
                Assert.DoesNotContain("<!here>", text, StringComparison.Ordinal);
                Assert.DoesNotContain("<@U0FREYA000>", text, StringComparison.Ordinal);
                Assert.DoesNotContain("*loud*", text, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_drink_with_special_characters_is_shown_as_it_was_typed()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.FormAsync(person);

        await person.SubmitAsync(
            ("drink:0", "something_else"),
            ("other:0", "Café <b>crème</b> & \"more\""),
            ("note:0", "<!everyone> 5 < 6")
        );

        var summary = await corner.SummaryAsync("Café &lt;b&gt;crème&lt;/b&gt; &amp; \"more\"");
        Assert.Contains("&lt;!everyone&gt; 5 &lt; 6", summary.Shown, StringComparison.Ordinal);
        Assert.Equal(
            "Café <b>crème</b> & \"more\"",
            await Rows.GetAsync<string>("SELECT drink_type FROM orders WHERE user_id = @user", new { user = person.Id })
        );
    }

    // Repeats whole patterns only: Slack refuses half of a surrogate pair.
    private static string Fill(string pattern, int length) =>
        string.Concat(Enumerable.Repeat(pattern, length / pattern.Length)).PadRight(length, 'x');
}
