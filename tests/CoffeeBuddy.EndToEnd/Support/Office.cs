using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using SlackSimulator;
using Xunit;

[assembly: AssemblyFixture(typeof(Office))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>
/// The whole of CoffeeBuddy, started once for all tests: worker processes of every role, PostgreSQL, Kafka and a Slack
/// workspace. The durations are those of the product; a test that waits for minutes moves its own run into the past
/// (<see cref="Corner.AgeAsync"/>), so that tests do not disturb each other.
/// </summary>
public class Office : IAsyncLifetime
{
    /// <summary>Configured as an admin; the others are nobody in particular.</summary>
    public const string Admin = "U0FREYA000";

    public const string SigningSecret = "signing-secret-of-the-end-to-end-tests";
    public const string BotToken = "xoxb-bot-token-of-the-end-to-end-tests";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private int _people;
    private int _channels;

    public SandboxHost Sandbox { get; private set; } = null!;

    /// <summary>The simulator's own HTTP interface.</summary>
    public HttpClient Simulator { get; private set; } = null!;

    public Database Database { get; private set; } = null!;

    /// <summary>Has a file of what each process wrote.</summary>
    public string LogFolder { get; } = Directory.CreateTempSubdirectory("coffeebuddy-e2e-").FullName;

    /// <summary>Many tests share one workspace here; the limits themselves are tested in <see cref="GridOffice"/>.</summary>
    protected virtual SandboxOptions Options =>
        new()
        {
            Slack = Workspace() with { RateLimits = false },
            Settings = new Dictionary<string, string?>
            {
                ["Sweep__Schedule"] = "* * * * * *",
                ["CoffeeBuddy__Admins__0"] = Admin,
                ["Slack__RateShare"] = "100",
            },
        };

    protected virtual string PersonPrefix => "U";

    public async ValueTask InitializeAsync()
    {
        try
        {
            Sandbox = await SandboxHost.StartAsync(
                Options with
                {
                    LogFolder = LogFolder,
                },
                TestContext.Current.CancellationToken
            );
        }
        catch
        {
            // A fixture that did not start is not disposed of.
            Directory.Delete(LogFolder, recursive: true);
            throw;
        }

        Simulator = new HttpClient { BaseAddress = Sandbox.Slack.BaseAddress };
        Database = new Database(Sandbox.ConnectionString);
        await WarmUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Sandbox is null)
            return;
        Simulator.Dispose();
        await Database.DisposeAsync();
        await Sandbox.DisposeAsync();
        Directory.Delete(LogFolder, recursive: true);
    }

    /// <summary>A channel of the test's own with this many people, whom no other test knows, and the app.</summary>
    public async Task<Corner> CornerAsync(int people, bool hasBot = true, bool isPrivate = false)
    {
        var members = await Task.WhenAll(Enumerable.Range(0, people).Select(_ => HireAsync()));
        return await CornerAsync(members, hasBot, isPrivate);
    }

    public async Task<Corner> CornerAsync(IReadOnlyList<SlackPerson> people, bool hasBot = true, bool isPrivate = false)
    {
        var number = Interlocked.Increment(ref _channels);
        var channel = new
        {
            name = $"corner-{number}",
            id = $"C0E2E{number:D5}",
            members = people.Select(person => person.Id),
            has_bot = hasBot,
            is_private = isPrivate,
        };
        using var response = await Simulator.PostAsJsonAsync(
            "sim/channels",
            channel,
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        await RecoverAsync(people[0], channel.id);
        return new Corner(this, channel.id, people);
    }

    public async Task<SlackPerson> HireAsync()
    {
        var number = Interlocked.Increment(ref _people);
        var person = new { name = $"Person{number}", id = $"{PersonPrefix}0E2E{number:D5}" };
        using var response = await Simulator.PostAsJsonAsync(
            "sim/people",
            person,
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
        return new SlackPerson(Simulator, person.id);
    }

    public SlackPerson PersonOf(string id) => new(Simulator, id);

    /// <summary>Fills an input of the open form in, without submitting.</summary>
    public async Task FillAsync(SlackPerson person, string input, string value)
    {
        var values = new JsonObject { [input] = new JsonObject { [input.Split(':')[0]] = value } };
        using var response = await Simulator.PostAsJsonAsync(
            $"sim/people/{person.Id}/view/state",
            new JsonObject { ["values"] = values },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Opens the app's Home tab.</summary>
    public async Task OpenHomeAsync(SlackPerson person)
    {
        using var response = await Simulator.PostAsJsonAsync(
            $"sim/people/{person.Id}/home",
            new { tab = "home" },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The blocks of the person's Home tab, once they say this.</summary>
    public async Task<string> HomeAsync(SlackPerson person, string text)
    {
        var home = "";
        await Eventually.TrueAsync(
            async () => (home = await HomeAsync(person)).Contains(text, StringComparison.Ordinal),
            $"the home tab shows: {text}"
        );
        return home;
    }

    /// <summary>What the app broke of Slack's rules and limits so far, by everybody's doing.</summary>
    public async Task<JsonArray> ViolationsAsync() =>
        (JsonArray)
            (await Simulator.GetFromJsonAsync<JsonNode>("sim/violations", TestContext.Current.CancellationToken))![
                "violations"
            ]!;

    /// <summary>Waits until the sweep has gone over all runs this many times more, from start to end.</summary>
    public async Task SweepAsync(string function, int times = 2)
    {
        var before = await SweepsAsync(function);
        await Eventually.TrueAsync(
            async () => await SweepsAsync(function) >= before + times,
            $"{function} has run {times} times more"
        );
    }

    protected static SimulatorOptions Workspace() =>
        new()
        {
            App = new AppOptions
            {
                Name = "CoffeeBuddy",
                BotName = "coffeebuddy",
                SigningSecret = SigningSecret,
                BotToken = BotToken,
            },
            TrafficCapacity = 50_000,
        };

    // The first request of a process compiles what it uses. On a busy build machine that can take longer than the 3 s
    // that the simulator, like Slack, waits for an answer.
    private async Task WarmUpAsync()
    {
        var corner = await CornerAsync(1);
        var person = corner.People[0];
        await Eventually.TrueAsync(
            async () =>
                (bool)(await person.CommandAsync(corner.Channel, "/coffee"))["ok"]!
                && await person.ViewAsync() is not null,
            "the first form opens"
        );
        await Eventually.TrueAsync(
            async () => (bool)(await person.SubmitAsync(("drink:0", "Tea")))["closed"]!,
            "the first order is taken"
        );
        await corner.SummaryAsync("Medium Tea");
        await Eventually.TrueAsync(
            async () => (bool)(await person.CommandAsync(corner.Channel, "/coffee-cancel"))["ok"]!,
            "the first run is cancelled"
        );
    }

    /// <summary>Waits until the workers use the database again: another test may have opened their circuit breakers.</summary>
    private Task RecoverAsync(SlackPerson person, string channel) =>
        Eventually.TrueAsync(
            async () =>
            {
                const double closed = 0;
                const double open = 2;
                foreach (var role in Sandbox.Workers.Keys.Where(role => role != WorkerRoles.Http))
                {
                    if (await MetricAsync(role, "coffeebuddy_database_breaker_state") == open)
                        return false;
                }

                // A half-open breaker closes with the first request that succeeds.
                return await MetricAsync(WorkerRoles.Http, "coffeebuddy_database_breaker_state") == closed
                    || (bool)(await person.CommandAsync(channel, "/coffee-history"))["ok"]!;
            },
            "no worker's circuit breaker is open"
        );

    private async Task<string> HomeAsync(SlackPerson person)
    {
        using var response = await Simulator.GetAsync(
            $"sim/people/{person.Id}/home",
            TestContext.Current.CancellationToken
        );
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))![
                "blocks"
            ]!.ToJsonString(Readable)
            : "";
    }

    private Task<double> SweepsAsync(string function) =>
        MetricAsync(WorkerRoles.Timer, "functions_invocations_total", $"\"{function}\"");

    /// <summary>The sum of the metric's samples whose labels contain this text.</summary>
    private async Task<double> MetricAsync(string role, string name, string label = "")
    {
        var metrics = await Sandbox.Workers[role].Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        return metrics
            .Split('\n')
            .Where(line =>
                line.StartsWith(name, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)
            )
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));
    }
}
