using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// A sandbox that fuzzing may fill with what it likes. Of the sweeps only the outbox's runs, in the worker that takes the requests: an
/// event that Kafka does not confirm in time is left to it, and the others would change rows.
/// </summary>
public sealed class FuzzedOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Slack = new SlackSimulator.SimulatorOptions { RateLimits = false },
            Settings = new Dictionary<string, string?>
            {
                ["AzureFunctionsJobHost__functions__99"] = nameof(Triggers.Timers.PublishOutbox),
            },
        }
    );

/// <summary>
/// Spoiled requests, signed or with a good token, so that they get past the door. Each is answered by something below 500,
/// soon; and those that are refused, sent once more together, change no row.
/// </summary>
public sealed class RequestFuzzTests(FuzzedOffice office, ITestOutputHelper output) : IClassFixture<FuzzedOffice>
{
    private const int Seed = 20261124;
    private const int AtOnce = 8;

    /// <summary>The requirement. A machine may be busy elsewhere: a case is slow when it is slow three times, alone.</summary>
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
    public async Task Slacks_addresses_hold(string path, int cases) =>
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
    public async Task The_API_holds()
    {
        // Many: a good request among the spoiled ones ends a run.
        var runs = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(_ => office.Api.OpenRunAsync(office.Service(), Office.NewUser()))
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
    public async Task The_API_holds_whatever_its_headers_and_parameters_are()
    {
        var run = await office.Api.OpenRunAsync(office.Service(), Office.NewUser());
        var token = office.Service();
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
                // Each its own: what a key was answered once it is answered again.
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

    private async Task FuzzAsync(int cases, Func<int, Func<Task<Answer>>> make)
    {
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
                        $"Case {index} was answered {answer.Status}: {await office.Log().WaitAsync(answer.TraceId, "Error")}"
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

        // An event is marked when Kafka has it, which a request does not wait for if it takes long.
        await Eventually.TrueAsync(
            async () => await office.Rows.CountAsync("outbox WHERE published_at IS NULL") == 0,
            "every event is on Kafka"
        );
        var rows = await office.Rows.ContentAsync();
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
        var now = await office.Rows.ContentAsync();
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

    /// <summary>Slack is told what is wrong with a form by a 200.</summary>
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
