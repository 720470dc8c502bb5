using System.Net;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Operations.Tokens;

/// <summary>Opaque tokens, about which the issuer is asked.</summary>
public sealed class IntrospectionTests : IAsyncDisposable
{
    private static readonly Dictionary<string, Action<JsonObject>> Faults = new()
    {
        ["not active"] = answer => answer["active"] = false,
        ["a text as active"] = answer => answer["active"] = "true",
        ["no active"] = answer => answer.Remove("active"),
        ["another issuer"] = answer => answer["iss"] = "https://other.example.com/",
        ["no issuer"] = answer => answer.Remove("iss"),
        ["another audience"] = answer => answer["aud"] = "wiki",
        ["no audience"] = answer => answer.Remove("aud"),
        ["expired"] = answer => answer["exp"] = (long)answer["iat"]! - 60,
        ["no expiry"] = answer => answer.Remove("exp"),
        ["not valid yet"] = answer => answer["nbf"] = (long)answer["iat"]! + 60,
        ["a refresh token"] = answer => answer["token_use"] = "refresh_token",
        ["a number as use"] = answer => answer["token_use"] = 1,
        ["another type"] = answer => answer["token_type"] = "DPoP",
        ["neither type nor use"] = answer =>
        {
            answer.Remove("token_type");
            answer.Remove("token_use");
        },
        ["a key that the client must prove"] = answer => answer["cnf"] = new JsonObject { ["jkt"] = "x" },
        ["a number as user id"] = answer => answer["slack_user_id"] = 7,
        ["neither subject nor client"] = answer =>
        {
            answer.Remove("sub");
            answer.Remove("client_id");
        },
    };

    private readonly TokenGate _gate = new();

    public static TheoryData<string> Bad => [.. Faults.Keys];

    public ValueTask DisposeAsync() => _gate.DisposeAsync();

    [Theory]
    [InlineData("token_type")]
    [InlineData("token_use")]
    [InlineData("nbf")]
    [InlineData("sub")]
    public async Task An_active_token_is_accepted_also_without(string claim)
    {
        var admission = await _gate.SendAsync(_gate.Issuer.OpaqueToken(answer => answer.Remove(claim)));

        Assert.Equal((200, "kiosk", true), (admission.Status, admission.Caller?.Subject, admission.Caller?.IsService));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_token_is_refused_when_the_answer_says(string fault) =>
        Assert.Equal(401, await _gate.StatusAsync(_gate.Issuer.OpaqueToken(Faults[fault])));

    [Fact]
    public async Task The_issuer_is_asked_once_in_30_seconds_about_a_token_valid_or_not()
    {
        foreach (var (token, status) in ((string, int)[])[(_gate.Issuer.OpaqueToken(), 200), ("junk", 401)])
        {
            var before = _gate.Issuer.Questions;
            for (var request = 0; request < 50; request++)
                Assert.Equal(status, await _gate.StatusAsync(token));
            Assert.Equal(before + 1, _gate.Issuer.Questions);

            _gate.Time.Advance(TimeSpan.FromSeconds(30));
            Assert.Equal(status, await _gate.StatusAsync(token));
            Assert.Equal(before + 2, _gate.Issuer.Questions);
        }
    }

    [Fact]
    public async Task Requests_with_the_same_token_share_a_question()
    {
        var token = _gate.Issuer.OpaqueToken();
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var answers = Enumerable.Range(0, 20).Select(_ => _gate.StatusAsync(token)).ToList();
        await Eventually.TrueAsync(() => _gate.Issuer.Questions == 2, "the question is asked");
        _gate.Issuer.Hang.SetResult();

        Assert.All(await Task.WhenAll(answers), status => Assert.Equal(200, status));
        Assert.Equal(2, _gate.Issuer.Questions);
    }

    [Fact]
    public async Task A_cached_answer_ends_with_the_token()
    {
        var token = _gate.Issuer.OpaqueToken(answer => answer["exp"] = (long)answer["iat"]! + 10);
        Assert.Equal(200, await _gate.StatusAsync(token));
        _gate.Issuer.Opaque[token]["active"] = false;
        _gate.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(200, await _gate.StatusAsync(token));

        _gate.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(401, await _gate.StatusAsync(token));
    }

    [Fact]
    public async Task Junk_does_not_make_a_question_each_and_known_clients_go_on()
    {
        var known = _gate.Issuer.OpaqueToken();
        Assert.Equal(200, await _gate.StatusAsync(known));
        var answers = new List<int>();
        for (var request = 0; request < 300; request++)
            answers.Add(await _gate.StatusAsync($"junk{request}"));

        Assert.Equal(50, answers.Count(status => status == 401));
        Assert.Equal(250, answers.Count(status => status == 503));
        Assert.Equal(51, _gate.Issuer.Questions);
        Assert.Equal(200, await _gate.StatusAsync(known));

        _gate.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
    }

    [Fact]
    public async Task During_junk_a_known_client_is_asked_about_again()
    {
        var known = _gate.Issuer.OpaqueToken();
        Assert.Equal(200, await _gate.StatusAsync(known));
        _gate.Time.Advance(TimeSpan.FromSeconds(30));
        for (var request = 0; request < 60; request++)
            await _gate.StatusAsync($"junk{request}");
        Assert.Equal(503, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));

        Assert.Equal(200, await _gate.StatusAsync(known));
    }

    [Fact]
    public async Task At_most_16_questions_are_asked_at_the_same_time_4_of_them_about_known_tokens_only()
    {
        var known = Enumerable.Range(0, 6).Select(_ => _gate.Issuer.OpaqueToken()).ToList();
        foreach (var token in known)
            Assert.Equal(200, await _gate.StatusAsync(token));
        _gate.Time.Advance(TimeSpan.FromSeconds(30));
        _gate.Issuer.Hang = new TaskCompletionSource();

        var answers = Enumerable.Range(0, 40).Select(_ => _gate.SendAsync(_gate.Issuer.OpaqueToken())).ToList();
        // Each request waits for its question, and each question for its turn.
        await _gate.Time.WaitsAsync(TimeSpan.FromSeconds(1), 80 + 12);
        await Eventually.TrueAsync(() => _gate.Issuer.Questions >= 6 + 12, "12 questions are asked");
        Assert.Equal(6 + 12, _gate.Issuer.Questions);
        answers.AddRange(known.Select(token => _gate.SendAsync(token)));
        await _gate.Time.WaitsAsync(TimeSpan.FromSeconds(1), 80 + 12 + 12);
        await Eventually.TrueAsync(() => _gate.Issuer.Questions >= 6 + 16, "16 questions are asked");
        Assert.Equal(6 + 16, _gate.Issuer.Questions);
        foreach (var answer in answers)
            Assert.Equal(503, (await _gate.Time.DriveAsync(answer)).Status);
    }

    [Fact]
    public async Task An_issuer_that_gives_no_answer_is_left_alone_but_one_token_with_an_error_holds_up_nobody()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Fault = () => new HttpResponseMessage(HttpStatusCode.BadRequest);
        Assert.Equal(503, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Fault = null;
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));

        // Not an HttpRequestException: that would be tried again, which takes time.
        _gate.Issuer.Fault = () => throw new IOException("The connection was refused.");
        Assert.Equal(503, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Fault = null;
        var questions = _gate.Issuer.Questions;
        var refused = await _gate.SendAsync(_gate.Issuer.OpaqueToken());
        Assert.Equal((503, TimeSpan.FromSeconds(5)), (refused.Status, refused.RetryAfter));
        Assert.Equal(questions, _gate.Issuer.Questions);
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.Hydra()));

        _gate.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
    }

    [Fact]
    public async Task A_token_about_which_the_issuer_fails_is_asked_about_again_after_5_seconds_only()
    {
        var known = _gate.Issuer.OpaqueToken();
        Assert.Equal(200, await _gate.StatusAsync(known));
        _gate.Time.Advance(TimeSpan.FromSeconds(30));
        _gate.Issuer.Fault = () => new HttpResponseMessage(HttpStatusCode.BadRequest);
        var before = _gate.Issuer.Questions;
        for (var request = 0; request < 20; request++)
            Assert.Equal(503, await _gate.StatusAsync(known));
        Assert.Equal(before + 1, _gate.Issuer.Questions);

        _gate.Issuer.Fault = null;
        _gate.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(200, await _gate.StatusAsync(known));
    }

    [Fact]
    public async Task Errors_count_like_tokens_that_are_not_valid()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Fault = () => new HttpResponseMessage(HttpStatusCode.BadRequest);
        for (var request = 0; request < 60; request++)
            Assert.Equal(503, await _gate.StatusAsync($"junk{request}"));

        Assert.Equal(51, _gate.Issuer.Questions);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task An_issuer_that_refuses_the_worker_is_left_alone_for_5_seconds(HttpStatusCode status)
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        _gate.Issuer.Fault = () => new HttpResponseMessage(status);
        for (var request = 0; request < 5; request++)
            Assert.Equal(503, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        Assert.Equal(2, _gate.Issuer.Questions);

        _gate.Issuer.Fault = null;
        _gate.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
    }

    [Fact]
    public async Task The_clients_secret_can_change_while_the_worker_runs()
    {
        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        Assert.Equal("worker:secret", _gate.Issuer.Sent.Last().Credentials);

        _gate.Configure("IntrospectionClientSecret", "new one");

        Assert.Equal(200, await _gate.StatusAsync(_gate.Issuer.OpaqueToken()));
        Assert.Equal("worker:new%20one", _gate.Issuer.Sent.Last().Credentials);
    }

    [Fact]
    public async Task The_configured_endpoint_is_used_instead_of_the_published_one()
    {
        await using var gate = new TokenGate(("IntrospectionEndpoint", "https://admin.example.com/introspect"));
        // It is not used, so it does not matter.
        gate.Issuer.Discovery["introspection_endpoint"] = "http://issuer.example.com/introspect";

        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.OpaqueToken()));

        Assert.Equal("https://admin.example.com/introspect", gate.Issuer.Sent.Last().Address.AbsoluteUri);
        Assert.Single(gate.Issuer.Sent, sent => sent.Credentials is not null);
    }

    [Fact]
    public async Task Without_a_client_opaque_tokens_are_refused()
    {
        await using var gate = new TokenGate(("IntrospectionClientId", null), ("IntrospectionClientSecret", null));

        Assert.Equal(401, await gate.StatusAsync(gate.Issuer.OpaqueToken()));
        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.Hydra()));
    }
}
