using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace CoffeeBuddy.Infrastructure.Kong;

/// <summary>
/// By what Kong counts requests: the Lua code of kong.yml in LuaJIT, as in Kong, with the functions of Kong that it calls.
/// </summary>
public sealed class RateLimitKeyTests
{
    private const string Command = "token=T1&team_id=T9&user_id=U1&user_name=ana&command=%2Fcoffee&text=";
    private const string Event = """{"token":"T1","type":"event_callback","event":{"type":"message","user":"U1"}}""";

    [Fact]
    public async Task A_persons_commands_clicks_and_messages_count_together()
    {
        var keys = new[]
        {
            await SlackKeyAsync(Form(Command)),
            await SlackKeyAsync(Click("U1", "T1")),
            await SlackKeyAsync(Json(Event)),
            await SlackKeyAsync(
                Json(
                    """{"token":"T1","event":{"type":"message","subtype":"message_changed","message":{"user":"U1"}}}"""
                )
            ),
        };

        Assert.Equal("T1:U1", Assert.Single(keys.Distinct()));
    }

    [Fact]
    public async Task Two_people_do_not_count_together()
    {
        Assert.NotEqual(await SlackKeyAsync(Click("U1", "T1")), await SlackKeyAsync(Click("U2", "T1")));
    }

    [Fact]
    public async Task Who_does_not_know_the_apps_token_cannot_use_up_a_persons_limit()
    {
        Assert.NotEqual(await SlackKeyAsync(Form(Command)), await SlackKeyAsync(Form("user_id=U1&command=%2Fcoffee")));
    }

    [Fact]
    public async Task What_a_person_types_is_not_taken_for_another_person()
    {
        var payload = new JsonObject
        {
            ["type"] = "view_submission",
            ["token"] = "T1",
            ["view"] = new JsonObject { ["private_metadata"] = """{"user":{"id":"U2"},"token":"T2"}""" },
            ["user"] = new JsonObject { ["id"] = "U1" },
        };

        Assert.Equal("T1:U1", await SlackKeyAsync(Form($"payload={Uri.EscapeDataString(payload.ToJsonString())}")));
    }

    [Fact]
    public async Task A_submitted_order_counts_by_its_author()
    {
        var payload = SlackPayloads.Submission("run", "C1", "U7", "Ana");

        Assert.EndsWith(
            ":U7",
            await SlackKeyAsync(Form($"payload={Uri.EscapeDataString(payload)}")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("nil")]
    [InlineData("{}")]
    [InlineData("{payload = true, event = 'x', user_id = true}")]
    [InlineData("{payload = {'a', 'b'}, event = {user = {id = 'U1'}, message = 1}}")]
    public async Task A_body_that_Slack_would_not_send_is_counted_too(string body)
    {
        Assert.NotEmpty(await SlackKeyAsync(body));
    }

    [Theory]
    [InlineData("reports")]
    [InlineData("6f1c2b9e-9a52-4d0c-8a39-3f6a6a1d7f10")]
    [InlineData("ana.o'brien+coffee@example.com")]
    [InlineData("søren?~")]
    public async Task A_token_counts_by_its_subject(string subject)
    {
        Assert.Equal(subject, await ApiKeyAsync($"Bearer {Token(subject)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer opaque")]
    [InlineData("Bearer a.%%%.c")]
    [InlineData("Basic YTpi")]
    public async Task A_request_without_a_readable_token_is_counted_too(string authorization)
    {
        Assert.Equal("nil", await ApiKeyAsync(authorization));
    }

    private static string Token(string subject)
    {
        var claims = new JsonObject
        {
            ["iss"] = "https://issuer",
            ["sub"] = subject,
            ["exp"] = 1,
        };
        var json = claims.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        return $"eyJhbGciOiJSUzI1NiJ9.{WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(json))}.c2ln";
    }

    private static string Click(string user, string token) =>
        Form(
            "payload="
                + Uri.EscapeDataString(
                    $$$"""{"type":"block_actions","user": {"id": "{{{user}}}","name":"x"},"token":"{{{token}}}","message":{"user":"UBOT"}}"""
                )
        );

    private static string Form(string body) =>
        Table(QueryHelpers.ParseQuery(body).Select(field => (field.Key, Text((string)field.Value!))));

    private static string Json(string body) => Value(JsonNode.Parse(body)!);

    private static string Value(JsonNode node) =>
        node is JsonObject fields
            ? Table(fields.Select(field => (field.Key, Value(field.Value!))))
            : Text((string)node!);

    private static string Table(IEnumerable<(string Key, string Value)> fields) =>
        $"{{{string.Join(", ", fields.Select(field => $"[{Text(field.Key)}] = {field.Value}"))}}}";

    private static string Text(string value) =>
        $"\"{string.Concat(Encoding.UTF8.GetBytes(value).Select(octet => $"\\{octet:D3}"))}\"";

    private static Task<string> SlackKeyAsync(string body) => KeyAsync(KongFiles.Slack, body, authorization: null);

    private static Task<string> ApiKeyAsync(string authorization) => KeyAsync(KongFiles.Api, "nil", authorization);

    /// <returns>The text whose hash is the key.</returns>
    private static async Task<string> KeyAsync(string service, string body, string? authorization)
    {
        var header = authorization is null ? "nil" : Text(authorization);
        var code = KongFiles.Plugin(service, "pre-function").Texts("config", "access").Single();
        // Lua has no Base64: the part between the dots is decoded as ngx.decode_base64 does, nil if it is not Base64.
        var script = $$"""
            local function decode_base64(text)
              local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
              local bits = ""
              for letter in text:gsub("=+$", ""):gmatch(".") do
                local at = letters:find(letter, 1, true)
                if not at then return nil end
                for bit = 5, 0, -1 do bits = bits .. (math.floor((at - 1) / 2 ^ bit) % 2) end
              end
              return (bits:gsub("%d%d%d%d%d%d%d%d", function(octet) return string.char(tonumber(octet, 2)) end):gsub("[01]+$", ""))
            end
            local environment = {
              kong = {
                request = {
                  get_body = function() return {{body}}, "no body" end,
                  get_header = function(name) return name == "authorization" and {{header}} or nil end,
                },
                service = {request = {set_header = function(name, value) io.write(value) end} },
              },
              ngx = {md5 = function(text) return text end, decode_base64 = decode_base64},
              string = string, tostring = tostring, type = type,
            }
            local run = assert(loadstring({{Text(code)}}))
            setfenv(run, environment)()
            """;
        var (exit, key, errors) = await Programs.RunAsync("luajit", ["-"], input: script, package: "luajit");
        Assert.True(exit == 0, errors);
        return key;
    }
}
