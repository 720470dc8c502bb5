using System.Globalization;
using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class DeveloperTests(Chromium chromium)
{
    [Fact]
    public async Task The_drawer_shows_payload_signature_and_elapsed_time_of_a_request()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Traffic");
        await page.TypeAsync("/lunch help");
        var command = drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "/lunch help" });
        await Expect(command).ToContainTextAsync("to app");
        await Expect(command).ToContainTextAsync("signed");
        await Expect(command.Locator(".entry-took")).ToContainTextAsync(" ms");
        await command.Locator("summary").ClickAsync();
        await Expect(command.GetByLabel("Payload", new() { Exact = true }))
            .ToContainTextAsync("\"command\": \"/lunch\"");
        await Expect(command).ToContainTextAsync("Signature valid: v0=");
        await Expect(command.GetByLabel("Answer")).ToContainTextAsync("Try `/lunch`");
    }

    [Fact]
    public async Task An_invalid_view_is_shown_with_the_violated_rule()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Broken rules");
        await page.TypeAsync("/lunch broken");
        await Expect(drawer.GetByRole(AriaRole.Tab, new() { Name = "Broken rules (1)" })).ToBeVisibleAsync();
        var broken = drawer.GetByTestId("rules").GetByTestId("traffic-entry");
        await Expect(broken).ToContainTextAsync("views.open");
        await broken.Locator("summary").ClickAsync();
        await Expect(broken.GetByRole(AriaRole.Row).Last).ToContainTextAsync("/view/title/text");
        await Expect(broken.GetByRole(AriaRole.Row).Last).ToContainTextAsync("max_length");
        await Expect(page.Modal()).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_invalid_message_is_shown_with_the_violated_rule()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Broken rules");
        await page.TypeAsync("/lunch loud");
        var broken = drawer.GetByTestId("rules").GetByTestId("traffic-entry");
        await Expect(broken).ToContainTextAsync("chat.postMessage");
        await Expect(broken).ToContainTextAsync("invalid_blocks");
        await broken.Locator("summary").ClickAsync();
        await Expect(broken.GetByRole(AriaRole.Row).Last).ToContainTextAsync("/blocks/0/text/text");
        await Expect(page.Message("Loud")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_request_that_took_the_app_3_seconds_is_marked_as_late()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Traffic");
        await page.TypeAsync("/lunch help");
        await Expect(page.Message("Try /lunch")).ToBeVisibleAsync();
        await page.TypeAsync("/lunch slow");
        await office.TimeOutAsync();
        await Expect(
                drawer
                    .GetByTestId("traffic-entry")
                    .Filter(new() { HasText = "operation_timeout" })
                    .Locator(".entry-took.late")
            )
            .ToContainTextAsync(" ms");
        await Expect(
                drawer
                    .GetByTestId("traffic-entry")
                    .Filter(new() { HasText = "/lunch help" })
                    .Locator(".entry-took:not(.late)")
            )
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_explanation_of_a_401_mentions_the_clock_when_it_was_moved()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Traffic");
        await page.TypeAsync("/lunch refuse");
        var refused = drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "/lunch refuse" });
        await refused.Locator("summary").ClickAsync();
        await Expect(refused).ToContainTextAsync("does the app have the same signing secret?");
        await Expect(refused).Not.ToContainTextAsync("clock");
        await office.ControlAsync(HttpMethod.Post, "clock", new JsonObject { ["advance"] = "00:10:00" });
        await Expect(drawer.GetByTestId("clock-offset")).ToContainTextAsync("00:10:00");
        await page.TypeAsync("/lunch refuse");
        await Expect(refused).ToHaveCountAsync(2);
        await refused.First.Locator("summary").ClickAsync();
        await Expect(refused.First).ToContainTextAsync("The workspace’s clock is ahead of real time by 00:10:00");
    }

    [Fact]
    public async Task A_slow_fault_delays_a_call()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await AddFaultAsync(drawer, "chat.postMessage", "slow", "300", count: 1);
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        var posting = office.App.PostAsync("Soup");
        await Eventually.TrueAsync(
            () =>
            {
                office.Time.Advance(TimeSpan.FromMilliseconds(300));
                return posting.IsCompleted;
            },
            "an answer after 300 ms"
        );
        await Expect(page.Message("Soup")).ToBeVisibleAsync();
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(0);
        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Traffic" }).ClickAsync();
        await Expect(drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "chat.postMessage" }))
            .ToContainTextAsync("fault: Slow");
        var entry = office.Slack.Traffic.After(0).Single(entry => entry.Kind is "chat.postMessage");
        Assert.True(entry.ElapsedMs >= 300);
    }

    [Fact]
    public async Task A_call_with_a_lost_answer_has_its_effect()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await AddFaultAsync(drawer, "views.open", "lost_answer", amount: null, count: 1);
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await page.TypeAsync("/lunch");
        await Expect(page.Modal()).ToBeVisibleAsync();
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(0);
        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Traffic" }).ClickAsync();
        await Expect(drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "views.open" }))
            .ToContainTextAsync("fault: LostAnswer");
    }

    [Fact]
    public async Task Faults_can_be_added_and_cleared()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await drawer.GetByTestId("fault-method").SelectOptionAsync("views.open");
        await drawer.GetByTestId("fault-kind").SelectOptionAsync("error");
        await drawer.GetByTestId("fault-amount").FillAsync("503");
        await drawer.Button("Add fault").ClickAsync();
        await Expect(drawer.GetByTestId("faults")).ToContainTextAsync("views.open: Server error (HTTP status: 503)");
        Assert.Equal("views.open", Assert.Single(office.Slack.Faults.Current).Method);

        await page.TypeAsync("/lunch");
        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Traffic" }).ClickAsync();
        await Expect(drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "views.open" }))
            .ToContainTextAsync("fault: Error");
        await Expect(page.Modal()).ToHaveCountAsync(0);

        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Faults" }).ClickAsync();
        await drawer.Button("Clear all faults").ClickAsync();
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(0);
        await page.TypeAsync("/lunch");
        await Expect(page.Modal()).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_used_up_fault_is_removed_and_does_not_reappear_with_the_next_one()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await AddFaultAsync(drawer, "api.test", "code", "internal_error", count: 2);
        await Expect(drawer.GetByTestId("faults")).ToContainTextAsync("2 more");
        await office.App.CallAsync("api.test", []);
        await Expect(drawer.GetByTestId("faults")).ToContainTextAsync("1 more");
        await office.App.CallAsync("api.test", []);
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(0);
        await AddFaultAsync(drawer, "auth.test", "code", "fatal_error", count: 1);
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        Assert.Equal("auth.test", Assert.Single(office.Slack.Faults.Current).Method);
    }

    private static async Task AddFaultAsync(
        ILocator drawer,
        string method,
        string kind,
        string? amount,
        int? count = null
    )
    {
        await drawer.GetByTestId("fault-method").SelectOptionAsync(method);
        await drawer.GetByTestId("fault-kind").SelectOptionAsync(kind);
        if (amount is not null)
            await drawer.GetByTestId("fault-amount").FillAsync(amount);
        await drawer.GetByTestId("fault-count").FillAsync(count?.ToString(CultureInfo.InvariantCulture) ?? "");
        await drawer.Button("Add fault").ClickAsync();
    }

    [Fact]
    public async Task Rate_limits_can_be_turned_on_and_off()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await drawer.GetByTestId("rate-limits").CheckAsync();
        await office.WindowAsync("priya");
        var other = await office.WindowAsync("zola");
        await Expect((await other.DeveloperAsync("Faults")).GetByTestId("rate-limits")).ToBeCheckedAsync();
        await drawer.GetByTestId("rate-limits").UncheckAsync();
        await Expect(other.GetByTestId("rate-limits")).Not.ToBeCheckedAsync();
    }

    [Fact]
    public async Task The_clock_can_be_moved_while_a_modal_is_open()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Clock");
        await page.TypeAsync("/lunch");
        await Expect(page.Modal()).ToBeVisibleAsync();
        await drawer.Button("+5 min").ClickAsync();
        await Expect(drawer.GetByTestId("clock-offset")).ToHaveTextAsync("Ahead of real time by 00:05:00.");
        await drawer.GetByTestId("clock-minutes").FillAsync("1440");
        await drawer.Button("Jump ahead").ClickAsync();
        await Expect(drawer.GetByTestId("clock-offset")).ToHaveTextAsync("Ahead of real time by 1.00:05:00.");
        Assert.Equal(TimeSpan.FromMinutes(1445), office.Slack.Clock.Offset);
        await drawer.GetByTestId("clock-minutes").FillAsync("-3");
        await drawer.Button("Jump ahead").ClickAsync();
        await Expect(drawer.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not go back");
    }
}
