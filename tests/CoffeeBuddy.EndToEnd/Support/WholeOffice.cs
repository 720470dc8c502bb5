using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using SlackSimulator;

[assembly: AssemblyFixture(typeof(WholeOffice))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>
/// CoffeeBuddy with a worker of every role, started once for all tests. It has the product's default durations: a test
/// that would wait for minutes makes its own run older (<see cref="Corner.AgeAsync"/>), which does not affect other
/// tests.
/// </summary>
public class WholeOffice : Office
{
    /// <summary>The only configured admin.</summary>
    public const string Admin = "U0FREYA000";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public WholeOffice()
        : this(
            new SandboxOptions
            {
                KafkaServers = KafkaOfTestRun,
                // Slack's rate limits would slow down the many tests in one workspace; GridOffice has them.
                Slack = Workspace with
                {
                    RateLimits = false,
                },
                Settings = new Dictionary<string, string?>
                {
                    ["Sweep__Schedule"] = "* * * * * *",
                    ["CoffeeBuddy__Admins__0"] = Admin,
                    ["CoffeeBuddy__Survey"] = "true",
                    // The workspace of Slack's recorded payloads.
                    ["CoffeeBuddy__Workspaces__2"] = "T111",
                    ["Slack__RateShare"] = "100",
                },
            }
        ) { }

    protected WholeOffice(SandboxOptions options)
        : base(options) { }

    protected static SimulatorOptions Workspace { get; } =
        new()
        {
            App = new AppOptions { Name = "CoffeeBuddy", BotName = "coffeebuddy" },
            TrafficCapacity = 50_000,
        };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await WarmUpAsync();
    }

    /// <summary>After the last test: what the workers wrote must not have what they were given in confidence.</summary>
    public override async ValueTask DisposeAsync()
    {
        var leaks = Sandbox is null ? [] : await LeaksAsync();
        await base.DisposeAsync();
        Assert.Empty(leaks);
    }

    /// <summary>Gives a person an e-mail address in Slack.</summary>
    public async Task SetProfileAsync(SlackPerson person, string email)
    {
        using var response = await Simulator.PutAsJsonAsync(
            $"sim/people/{person.Id}",
            new { email },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A new channel with this number of new people and the app.</summary>
    public async Task<Corner> CornerAsync(int people, bool hasBot = true, bool isPrivate = false) =>
        await CornerAsync(await Task.WhenAll(Enumerable.Range(0, people).Select(_ => HireAsync())), hasBot, isPrivate);

    public async Task<Corner> CornerAsync(
        IReadOnlyList<SlackPerson> people,
        bool hasBot = true,
        bool isPrivate = false
    ) => new(this, await NewChannelAsync(people, hasBot, isPrivate), people);

    /// <summary>Sets an input of the open form without submitting it.</summary>
    public Task FillAsync(SlackPerson person, string input, string value) =>
        SimulateAsync(
            $"sim/people/{person.Id}/view/state",
            new { values = new JsonObject { [input] = new JsonObject { [input.Split(':')[0]] = value } } }
        );

    /// <summary>Opens the app's Home tab.</summary>
    public Task OpenHomeAsync(SlackPerson person) =>
        SimulateAsync($"sim/people/{person.Id}/home", new { tab = "home" });

    /// <summary>
    /// Waits until the person's Home tab contains the text, and returns its blocks. Opens it again when the log says that
    /// it was not shown in time, which can happen on a busy machine.
    /// </summary>
    public async Task<string> HomeAsync(SlackPerson person, string text)
    {
        var (home, failures) = ("", 0);
        await Eventually.TrueAsync(
            async () =>
            {
                home = await HomeAsync(person);
                if (home.Contains(text, StringComparison.Ordinal))
                    return true;
                var logged = Log().LinesOf($"The Home tab was not shown to {person.Id}").Count;
                if (logged > failures)
                    await OpenHomeAsync(person);
                failures = logged;
                return false;
            },
            $"the home tab shows: {text}"
        );
        return home;
    }

    /// <summary>Slack's rules and limits that the app has broken so far, in any test.</summary>
    public async Task<JsonArray> ViolationsAsync() =>
        (JsonArray)
            (await Simulator.GetFromJsonAsync<JsonNode>("sim/violations", TestContext.Current.CancellationToken))![
                "violations"
            ]!;

    /// <summary>
    /// Waits until this sweep has run this number of times more, so that one whole sweep started after the call.
    /// </summary>
    public async Task SweepAsync(string function, int times = 2)
    {
        var before = await SweepsAsync(function);
        await Eventually.TrueAsync(
            async () => await SweepsAsync(function) >= before + times,
            $"{function} has run {times} times more"
        );
    }

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

    private async Task<double> SweepsAsync(string function)
    {
        var metrics = await Task.WhenAll(Sandbox.Workers.Keys.Select(MetricsAsync));
        return metrics.Sum(worker => worker.Value("functions_invocations_total", $"function=\"{function}\""));
    }
}
