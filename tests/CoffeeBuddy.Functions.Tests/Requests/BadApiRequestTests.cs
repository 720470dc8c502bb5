using System.Net.Http.Headers;
using System.Text;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Wrong requests to the API. The answer says what to correct; nothing is stored.</summary>
public sealed class BadApiRequestTests(ApiOffice office)
{
    private const string Json = "application/json";

    public static TheoryData<string, string, string> Posts =>
        new()
        {
            { "POST", "runs", "CreateRun" },
            { "POST", "runs/01890000-0000-7000-8000-000000000000/orders", "AddOrder" },
            { "PATCH", "runs/01890000-0000-7000-8000-000000000000/complete", "CompleteRun" },
            { "PATCH", "runs/01890000-0000-7000-8000-000000000000/cancel", "CancelRun" },
        };

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task A_body_over_the_limit_is_refused_with_and_without_a_content_length(
        string method,
        string path,
        string function
    )
    {
        var body = new byte[RequestBody.MaxBytes + 1];

        (await RefusesAsync(method, path, function, 413, body)).IsProblem(
            413,
            "The body is too large.",
            "At most 786432 bytes are accepted."
        );
        (await RefusesAsync(method, path, function, 413, body, chunked: true)).IsProblem(413, "The body is too large.");
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Another_content_type_is_refused(string method, string path, string function)
    {
        (await RefusesAsync(method, path, function, 415, "{}"u8.ToArray(), "text/plain")).IsProblem(
            415,
            "Unsupported content type.",
            "Send application/json."
        );
        (await RefusesAsync(method, path, function, 415, "{}"u8.ToArray(), mediaType: null)).IsProblem(
            415,
            "Unsupported content type."
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("\"Latte\"")]
    [InlineData("drink_type=Latte")]
    [InlineData("""{"drink_type":7,"size":"Large"}""")]
    [InlineData("""{"drink_type":1e400,"size":"Large"}""")]
    [InlineData("""{"drink_type":"Latte","size":"Large","customizations":"Oat milk"}""")]
    [InlineData("""{"drink_type":"Latte","size":"Large","customizations":{"0":"Oat milk"}}""")]
    [InlineData("""{"drink_type":"Latte","drink_type":"Latte","size":"Large"}""")]
    [InlineData("""{"drink_type":"Latte \ud800","size":"Large"}""")]
    [InlineData("""{"drink_type":"Latte","size":"Large",}""")]
    [InlineData("""{"drink_type":"Latte","size":"Large"} // comment""")]
    public async Task A_body_that_is_not_the_expected_JSON_is_refused(string body)
    {
        var answer = await RefusesAsync(
            "POST",
            "runs/01890000-0000-7000-8000-000000000000/orders",
            "AddOrder",
            400,
            Encoding.UTF8.GetBytes(body)
        );

        answer.IsProblem(400, "The request is not valid.");
        Assert.StartsWith("The body ", (string?)answer.Json["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Deeply_nested_JSON_is_refused(string method, string path, string function) =>
        await RefusesAsync(
            method,
            path,
            function,
            400,
            Encoding.UTF8.GetBytes(
                $$"""{"user_id":"U1","more":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}"""
            )
        );

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Invalid_UTF_8_is_refused(string method, string path, string function) =>
        await RefusesAsync(method, path, function, 400, [.. """{"user_id":"U1"""u8, 0xC3, 0x28, .. "\"}"u8]);

    [Theory]
    [InlineData("runs", "CreateRun", """{"workspace_id":"T1\u0000","channel_id":"C1","user_id":"U1"}""")]
    [InlineData("runs", "CreateRun", """{"workspace_id":"T1","channel_id":"C1\u0000","user_id":"U1"}""")]
    [InlineData("runs", "CreateRun", """{"workspace_id":"T1","channel_id":"C1","user_id":"U1\u0000"}""")]
    [InlineData(
        "runs/01890000-0000-7000-8000-000000000000/orders",
        "AddOrder",
        """{"drink_type":"Latte","size":"Large","user_id":"U\u0000"}"""
    )]
    public async Task A_null_character_in_an_id_is_refused(string path, string function, string body) =>
        await RefusesAsync("POST", path, function, 400, Encoding.UTF8.GetBytes(body));

    [Theory]
    [InlineData("runs", "CreateRun", "workspace_id")]
    [InlineData("runs", "CreateRun", "channel_id")]
    public async Task An_id_longer_than_its_column_is_refused(string path, string function, string field)
    {
        var body = new Dictionary<string, string>
        {
            ["workspace_id"] = "T1",
            ["channel_id"] = "C1",
            ["user_id"] = "U1",
        };
        body[field] = new string('C', 65);

        var answer = await office.RefusesAsync(function, 400, () => office.Api.PostAsync(path, office.Service(), body));

        Assert.Equal([field], answer.WrongFields);
    }

    [Fact]
    public async Task Unknown_members_are_ignored()
    {
        var answer = await office.Api.PostAsync(
            "runs",
            office.Service(),
            new
            {
                workspace_id = "T1",
                channel_id = ApiOffice.NewChannel(),
                user_id = ApiOffice.NewUser(),
                status = "completed",
                runner_user_id = "U1",
            }
        );

        Assert.Equal("active", (string?)answer.Is(201).Json["status"]);
        Assert.Null(answer.Json["runner_user_id"]);
    }

    private Task<Answer> RefusesAsync(
        string method,
        string path,
        string function,
        int status,
        byte[] body,
        string? mediaType = Json,
        bool chunked = false
    ) => office.RefusesAsync(function, status, () => SendAsync(method, path, body, mediaType, chunked), "latte");

    private async Task<Answer> SendAsync(string method, string path, byte[] body, string? mediaType, bool chunked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"api/v1/{path}")
        {
            Content = new ByteArrayContent(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", office.Service());
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        if (mediaType is not null)
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return await office.Api.SendAsync(request);
    }
}
