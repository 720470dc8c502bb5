using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Installing an app: the consent page and <c>oauth.v2.access</c>.</summary>
public sealed class OAuthTests
{
    private const string Callback = "http://127.0.0.1:9/callback";
    private static readonly string ClientId = new AppOptions().ClientId;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Bolt_app_is_installed_and_posts_through_its_webhook()
    {
        await using var slack = await TestWorkspace.StartAsync();
        using var node = await SlackSdk.RunAsync(
            "install.mjs",
            slack.Server,
            ("CLIENT_ID", ClientId),
            ("CLIENT_SECRET", "simulated-client-secret")
        );
        try
        {
            var line = await node.StandardOutput.ReadLineAsync(Cancellation);
            if (line is null)
                Assert.Fail(await node.StandardError.ReadToEndAsync(Cancellation));
            var app = new Uri($"http://127.0.0.1:{JsonNode.Parse(line)!["port"]}/");
            slack.Server.Configure(settings => settings with { RedirectUrls = [new Uri(app, "slack/oauth_redirect")] });
            var installation = await InstallAsync(node, new Uri(app, "slack/install"));
            Assert.Equal(
                ("T0SIM00001", TestWorkspace.Noor, "xoxb-simulated-bot-token", TestWorkspace.Random),
                (
                    (string)installation["team"]!["id"]!,
                    (string)installation["user"]!["id"]!,
                    (string)installation["bot"]!["token"]!,
                    (string)installation["incomingWebhook"]!["channelId"]!
                )
            );
            using var message = new StringContent("""{"text":"installed"}""");
            using var sent = await slack.Http.PostAsync(
                new Uri((string)installation["incomingWebhook"]!["url"]!),
                message,
                Cancellation
            );
            Assert.Equal("ok", await sent.Content.ReadAsStringAsync(Cancellation));
            Assert.Single(await slack.MessagesAsync("noor", "random"));
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_token_then_has_the_allowed_scopes_only()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var code = await AllowAsync(slack, $"client_id={ClientId}&scope=chat:write&redirect_uri={Callback}");
        var installed = await AccessAsync(slack, code);
        Assert.Equal(
            ("chat:write", TestWorkspace.Noor, TestWorkspace.Bot),
            ((string)installed["scope"]!, (string)installed["authed_user"]!["id"]!, (string)installed["bot_user_id"]!)
        );
        Assert.Equal("missing_scope", (string)(await slack.FormAsync("users.list"))["error"]!);
        Assert.Equal("invalid_code", (string)(await AccessAsync(slack, code))["error"]!);
        Assert.DoesNotContain(
            "simulated-client-secret",
            (await slack.DoAsync("GET", "traffic")).ToJsonString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_code_is_valid_for_ten_minutes()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var code = await AllowAsync(slack, $"client_id={ClientId}&scope=chat:write&redirect_uri={Callback}");
        slack.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("invalid_code", (string)(await AccessAsync(slack, code))["error"]!);
    }

    [Fact]
    public async Task The_client_can_authenticate_with_HTTP_Basic()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var code = await AllowAsync(slack, $"client_id={ClientId}&scope=chat:write&redirect_uri={Callback}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/oauth.v2.access")
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string> { ["code"] = code, ["redirect_uri"] = Callback }
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:simulated-client-secret"))
        );
        using var response = await slack.Http.SendAsync(request, Cancellation);
        Assert.True((bool)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["ok"]!);
    }

    [Theory]
    [InlineData("client_id", "other", "invalid_client_id")]
    [InlineData("client_secret", "other", "bad_client_secret")]
    [InlineData("code", "other", "invalid_code")]
    [InlineData("redirect_uri", "http://127.0.0.1:9/elsewhere", "bad_redirect_uri")]
    [InlineData("grant_type", "password", "invalid_grant_type")]
    public async Task An_invalid_exchange_is_refused(string name, string value, string error)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var code = await AllowAsync(slack, $"client_id={ClientId}&scope=chat:write&redirect_uri={Callback}");
        Assert.Equal(error, (string)(await AccessAsync(slack, code, (name, value)))["error"]!);
    }

    [Fact]
    public async Task Cancelling_returns_access_denied_with_the_state()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var target = await DecideAsync(
            slack,
            $"client_id={ClientId}&scope=chat:write&state=abc&redirect_uri={Callback}",
            "cancel"
        );
        Assert.Equal(Callback + "?state=abc&error=access_denied", target.ToString());
    }

    [Theory]
    [InlineData("client_id=other&scope=chat:write", "invalid_client_id")]
    [InlineData("client_id=ID", "no_scopes")]
    [InlineData("client_id=ID&scope=chat:write&redirect_uri=http://elsewhere.example/", "bad_redirect_uri")]
    [InlineData("client_id=ID&scope=chat:write&user_scope=chat:write", "user_scope is not simulated")]
    public async Task An_invalid_request_is_explained_on_the_page(string query, string error)
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { RedirectUrls = [new Uri(Callback)] });
        using var response = await slack.Http.GetAsync(
            new Uri("oauth/v2/authorize?" + query.Replace("ID", ClientId, StringComparison.Ordinal), UriKind.Relative),
            Cancellation
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(error, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    /// <summary>Follows the addresses as a browser does, and returns what the app has stored.</summary>
    private static async Task<JsonNode> InstallAsync(System.Diagnostics.Process node, Uri install)
    {
        using var browser = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
            }
        );
        using var started = await browser.GetAsync(install, Cancellation);
        var consent = started.Headers.Location!;
        var cookie = started.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Contains(
            "<code>incoming-webhook</code>",
            await browser.GetStringAsync(consent, Cancellation),
            StringComparison.Ordinal
        );
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["decision"] = "allow",
                ["user"] = TestWorkspace.Noor,
                ["channel"] = TestWorkspace.Random,
            }
        );
        using var allowed = await browser.PostAsync(consent, form, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, allowed.Headers.Location);
        request.Headers.Add("Cookie", cookie);
        using var done = await browser.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        return JsonNode.Parse((await node.StandardOutput.ReadLineAsync(Cancellation))!)!;
    }

    private static async Task<string> AllowAsync(TestWorkspace slack, string query) =>
        QueryHelpers.ParseQuery((await DecideAsync(slack, query, "allow")).Query)["code"].ToString();

    private static async Task<Uri> DecideAsync(TestWorkspace slack, string query, string decision)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = slack.Server.BaseAddress,
        };
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["decision"] = decision, ["user"] = TestWorkspace.Noor }
        );
        using var response = await browser.PostAsync(
            new Uri("oauth/v2/authorize?" + query, UriKind.Relative),
            form,
            Cancellation
        );
        return response.Headers.Location!;
    }

    private static Task<JsonNode> AccessAsync(
        TestWorkspace slack,
        string code,
        params (string Name, string Value)[] changed
    )
    {
        var arguments = new Dictionary<string, string>
        {
            ["client_id"] = ClientId,
            ["client_secret"] = "simulated-client-secret",
            ["code"] = code,
            ["redirect_uri"] = Callback,
        };
        foreach (var (name, value) in changed)
            arguments[name] = value;
        return slack.FormAsync("oauth.v2.access", [.. arguments.Select(pair => (pair.Key, pair.Value))]);
    }
}
