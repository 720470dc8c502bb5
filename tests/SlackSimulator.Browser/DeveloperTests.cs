using System.Globalization;
using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class DeveloperTests(Chromium chromium)
{
    [Fact]
    public async Task The_drawer_shows_each_request_its_payload_its_signature_and_the_time_it_took()
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
    public async Task A_view_that_breaks_a_limit_is_shown_with_the_rule()
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
    public async Task A_message_that_breaks_a_limit_is_shown_with_the_rule()
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
    public async Task What_took_the_app_3_seconds_is_marked_late()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Traffic");
        await page.TypeAsync("/lunch help");
        await page.TypeAsync("/lunch slow");
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
    public async Task A_refusal_hints_at_the_clock_once_it_is_ahead()
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

    [Theory]
    [InlineData("slow", "300", "fault: Slow")]
    [InlineData("lost_answer", null, "fault: LostAnswer")]
    public async Task A_slow_call_and_a_lost_answer_are_switched_on_and_the_deed_is_done_all_the_same(
        string kind,
        string? amount,
        string mark
    )
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var drawer = await page.DeveloperAsync("Faults");
        await AddFaultAsync(drawer, "views.open", kind, amount, count: 1);
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await page.TypeAsync("/lunch");
        await Expect(page.Modal()).ToBeVisibleAsync();
        await Expect(drawer.GetByTestId("faults").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(0);
        await drawer.GetByRole(AriaRole.Tab, new() { Name = "Traffic" }).ClickAsync();
        var call = drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "views.open" });
        await Expect(call).ToContainTextAsync(mark);
        if (amount is not null)
            Assert.True(office.Slack.Traffic.After(0).Single(entry => entry.Kind is "views.open").ElapsedMs >= 300);
    }

    [Fact]
    public async Task Faults_are_switched_on_and_cleared()
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
    public async Task A_fault_that_is_used_up_leaves_the_list_and_does_not_come_back_with_the_next()
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
    public async Task Rate_limits_are_switched_on_and_off()
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
    public async Task The_clock_jumps_ahead_even_while_a_modal_is_open()
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
