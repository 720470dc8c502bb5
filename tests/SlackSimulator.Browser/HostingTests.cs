using System.Collections.Concurrent;
using System.Net;
using SlackSimulator.Browser.Support;

namespace SlackSimulator.Browser;

public sealed class HostingTests(Chromium chromium)
{
    [Fact]
    public async Task The_page_requests_nothing_from_other_hosts_and_logs_no_errors()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        var addresses = new ConcurrentBag<string>();
        var complaints = new ConcurrentBag<string>();
        page.Request += (_, request) => addresses.Add(request.Url);
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        await page.ReloadAsync();
        await page.OrderAsync("Soup");
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = "C0GENERAL0",
                ["text"] = "A picture",
                ["blocks"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "image",
                        ["alt_text"] = "a plate",
                        ["image_url"] = "https://example.com/plate.png",
                    }
                ),
            }
        );
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "a plate" })).ToBeVisibleAsync();

        Assert.NotEmpty(addresses);
        Assert.All(
            addresses,
            address => Assert.StartsWith(office.Slack.BaseAddress.ToString(), address, StringComparison.Ordinal)
        );
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_page_is_served_with_a_Content_Security_Policy_and_an_ETag()
    {
        await using var office = await Office.OpenAsync(chromium);
        using var http = new HttpClient { BaseAddress = office.Slack.BaseAddress };
        var cancellation = TestContext.Current.CancellationToken;
        using var first = await http.GetAsync(new Uri("page/js/main.js", UriKind.Relative), cancellation);
        Assert.Equal("text/javascript; charset=utf-8", first.Content.Headers.ContentType!.ToString());
        Assert.StartsWith(
            "default-src 'self'",
            Assert.Single(first.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );

        using var again = new HttpRequestMessage(HttpMethod.Get, "page/js/main.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await http.SendAsync(again, cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var missing = await http.GetAsync(new Uri("page/../secrets", UriKind.Relative), cancellation);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task The_page_reloads_after_the_simulator_was_restarted()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.TypeAsync("Before");
        await Expect(page.Message("Before")).ToBeVisibleAsync();
        var drawer = await page.DeveloperAsync("Traffic");
        await Expect(drawer.GetByTestId("traffic-entry")).Not.ToHaveCountAsync(0);

        await office.RestartAsync();
        await Expect(page.Message("Before")).ToHaveCountAsync(0);
        await Expect(page.Locator("#workspace[data-ready]")).ToBeVisibleAsync();
        await office.App.PostAsync("After");
        await Expect(page.Message("After")).ToBeVisibleAsync();
        await page.DeveloperAsync("Traffic");
        await Expect(drawer.GetByTestId("traffic-entry").Filter(new() { HasText = "chat.postMessage" }))
            .ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_page_reconnects_after_the_connection_was_lost()
    {
        await using var office = await Office.OpenAsync(chromium);
        var page = await office.WindowAsync();
        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))");
        await Expect(page.GetByText("The simulator cannot be reached")).ToBeVisibleAsync();
        await office.App.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = "C0GENERAL0", ["text"] = "Missed you" }
        );
        await page.Context.SetOfflineAsync(false);
        await Expect(page.Message("Missed you")).ToBeVisibleAsync();
        await Expect(page.GetByText("The simulator cannot be reached")).ToBeHiddenAsync();
    }
}
