using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Fuzz;

/// <summary>
/// A sandbox for fuzzing. Its worker also runs the outbox sweep, which publishes events that Kafka did not confirm in
/// time. The other sweeps do not run: they would change rows.
/// </summary>
public sealed class FuzzedOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Slack = new SlackSimulator.SimulatorOptions { RateLimits = false },
            Settings = new Dictionary<string, string?>
            {
                // Thousands of requests of one caller.
                ["CoffeeBuddy__MaxActiveRuns"] = "1000",
                ["Limits__RequestsPerMinute"] = "1000000",
                // No opaque tokens: after 50 invented ones within 10 s others get 503, see TokenTests.
                ["Oidc__IntrospectionClientId"] = "",
                ["Oidc__IntrospectionClientSecret"] = "",
                // Whom the samples name may do what they ask for; otherwise all of it would be refused.
                ["CoffeeBuddy__Admins__0"] = Samples.Person,
                ["AzureFunctionsJobHost__functions__99"] = nameof(Functions.Triggers.Timers.PublishOutbox),
                // Long, so that a busy machine does not count as a failure.
                ["CoffeeBuddy__Database__ConnectTimeout"] = "00:00:50",
                ["CoffeeBuddy__Database__CommandTimeout"] = "00:01:00",
                ["CoffeeBuddy__Database__TotalTimeout"] = "00:02:00",
            },
        }
    )
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await SimulateAsync("sim/people", new { name = "Fuzz", id = Samples.Person });
        foreach (var channel in Samples.Channels)
            await SimulateAsync(
                "sim/channels",
                new
                {
                    name = channel.ToLowerInvariant(),
                    id = channel,
                    has_bot = true,
                }
            );
    }
}

/// <summary>
/// Mutated requests, signed or with a valid token. Each is answered within 1 s and with a status below 500; the refused
/// ones are sent again, and change no row.
/// </summary>
public sealed class RequestFuzzTests(FuzzedOffice office, ITestOutputHelper output) : IClassFixture<FuzzedOffice>
{
    private const int Seed = 20261124;
    private const int AtOnce = 8;

    /// <summary>The worker asks Slack about 20 channels within a minute for one person.</summary>
    private const int RunsOfPerson = 15;

    /// <summary>
    /// The required response time. On a busy machine a request can be late: only one that is late three times more
    /// counts.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private static readonly string[] MediaTypes =
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "*/*",
    ];

    [Theory]
    [InlineData("slack/commands", 6_000)]
    [InlineData("slack/interactions", 6_000)]
    [InlineData("slack/events", 4_000)]
    public async Task Slacks_addresses_answer_mutated_requests(string path, int cases) =>
        await FuzzAsync(
            cases,
            index =>
            {
                var mutator = new Mutator(Seed + index);
                var body = path switch
                {
                    "slack/commands" => mutator.Form(mutator.One(Samples.Commands)),
                    "slack/interactions" => mutator.Payload(mutator.One(Samples.Interactions)),
                    _ => mutator.Json(mutator.One(Samples.Events)),
                };
                var mediaType = mutator.Sometimes(20) ? mutator.One(MediaTypes) : null;
                return () => office.Slack.PostAsync(path, body, mediaType);
            }
        );

    [Fact]
    public async Task The_API_answers_mutated_bodies()
    {
        // Many runs: some of the requests are valid and close a run.
        var people = new List<string>();
        for (var person = 0; person < 20; person++)
            people.Add((await office.HireAsync()).Id);
        var runs = new string[people.Count * RunsOfPerson];
        // A few at once: before each, Slack is asked within a second who is in its channel.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs.Length),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 4,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (run, _) => runs[run] = await office.Api.OpenRunAsync(office.Service(), people[run / RunsOfPerson])
        );
        var token = office.Service("coffee.admin");
        using var client = new HttpClient { BaseAddress = office.Worker.Address };

        await FuzzAsync(
            6_000,
            index =>
            {
                var mutator = new Mutator(Seed + index);
                var (method, path, json) = mutator.One(Samples.Requests);
                path = path.Replace(
                    "{run}",
                    mutator.Sometimes(10) ? mutator.Segment() : runs[index % runs.Length],
                    StringComparison.Ordinal
                );
                var body = mutator.Json(json);
                var mediaType = mutator.Sometimes(20) ? mutator.One(MediaTypes) : "application/json";
                return async () =>
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), $"api/v1/{path}")
                    {
                        Content = new ByteArrayContent(body),
                    };
                    request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                    return await Answer.ToAsync(client, request);
                };
            }
        );
    }

    [Fact]
    public async Task The_API_answers_mutated_headers_and_parameters()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), office.Act("Noor").Id);
        var token = office.Service();
        var keyId = KeyOf(token);
        using var client = new HttpClient(
            new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 }
        )
        {
            BaseAddress = office.Worker.Address,
        };

        await FuzzAsync(
            6_000,
            index =>
            {
                var mutator = new Mutator(Seed + index);
                var (method, path, json) = mutator.One(Samples.Asked);
                path = path.Replace("{run}", mutator.Sometimes(3) ? mutator.Segment() : run, StringComparison.Ordinal);
                var parts = path.Split('`');
                path = string.Concat(
                    parts.Select(
                        (part, place) =>
                            place % 2 == 0 ? part
                            : parts[place - 1].EndsWith('=') ? mutator.Parameter(part)
                            : mutator.Sometimes(2) ? part
                            : mutator.Segment()
                    )
                );
                if (mutator.Sometimes(10))
                    path +=
                        (path.Contains('?') ? "&" : "?")
                        + mutator.One<string>([
                            "limit=1&limit=2",
                            "status",
                            "=",
                            "&&",
                            "channel=%FF%FE",
                            "limit=%2B1",
                            "%00=%00",
                        ]);
                var authorization = mutator.Sometimes(3)
                    ? mutator.Header($"{mutator.One<string>(["Bearer", "bearer", "Basic", ""])} {token}")
                    : $"Bearer {token}";
                if (KeyOf(authorization) is { } kid && kid != keyId)
                    authorization = $"Bearer {token}";
                // A key of its own for each request: a repeated key gets the first answer.
                var key = json is null || mutator.Sometimes(3) ? null : $"{index}-{mutator.Header("a-key")}";
                return async () =>
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), $"api/v1/{path}");
                    if (json is not null)
                        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                    if (key is not null)
                        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                    return await Answer.ToAsync(client, request);
                };
            }
        );
    }

    /// <summary>
    /// The id of the token's key; null where none can be read. With a wrong one a request waits up to 10 s for new keys,
    /// see KeyRotationTests: a few dozen of them would be most of the time of this test.
    /// </summary>
    private static string? KeyOf(string authorization)
    {
        if (authorization.Split(' ')[^1].Split('.') is not [var header, _, _])
            return null;
        try
        {
            return (JsonNode.Parse(Base64Url.DecodeFromChars(header)) as JsonObject)?["kid"]?.ToString();
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    private async Task FuzzAsync(int cases, Func<int, Func<Task<Answer>>> make)
    {
        await office.ReadyAsync();
        var (refused, accepted, slow) = (new ConcurrentBag<int>(), 0, new ConcurrentBag<int>());
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases),
            options,
            async (index, _) =>
            {
                var (answer, elapsed) = await SendAsync(make(index));
                if (answer.Status >= 500)
                    Assert.Fail(
                        $"Case {index} was answered {answer.Status}: {await office.Log().WaitAsync(answer.TraceId, "Error", "Warning")}"
                    );
                if (elapsed > Soon)
                    slow.Add(index);
                if (!IsRefusal(answer))
                {
                    Interlocked.Increment(ref accepted);
                    return;
                }

                Assert.True(
                    answer.Status == 200 || answer.MediaType == "application/problem+json",
                    $"Case {index} was refused with {answer.Status} and no reason."
                );
                refused.Add(index);
            }
        );
        foreach (var index in slow)
            Assert.True(await IsSoonAsync(make(index)), $"Case {index} takes more than {Soon}.");

        var rows = await office.ContentAsync();
        await Parallel.ForEachAsync(
            refused,
            options,
            async (index, _) =>
            {
                var (answer, _) = await SendAsync(make(index));
                Assert.True(
                    answer.Status < 500 && IsRefusal(answer),
                    $"Case {index} was refused, and then answered {answer.Status}."
                );
            }
        );
        var now = await office.ContentAsync();
        Assert.All(rows, table => Assert.Equal(table.Value, now[table.Key]));
        Assert.Empty(office.Log().Exceptions());
        output.WriteLine(
            $"{accepted} accepted, {refused.Count} refused, {slow.Count} took more than {Soon.TotalSeconds} s once."
        );
        Assert.True(
            accepted > cases / 100 && refused.Count > cases / 100,
            $"{accepted} accepted, {refused.Count} refused"
        );
    }

    /// <summary>Errors in a form are answered with status 200.</summary>
    private static bool IsRefusal(Answer answer) =>
        answer.Status >= 400 || answer.Text.StartsWith("{\"response_action\":\"errors\"", StringComparison.Ordinal);

    private static async Task<(Answer Answer, TimeSpan Elapsed)> SendAsync(Func<Task<Answer>> send)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await send();
        return (answer, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<bool> IsSoonAsync(Func<Task<Answer>> send)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if ((await SendAsync(send)).Elapsed <= Soon)
                return true;
        }

        return false;
    }
}
