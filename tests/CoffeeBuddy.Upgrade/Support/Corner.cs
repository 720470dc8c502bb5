using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Upgrade.Support;

/// <param name="Drink">Unique, except for the order in the thread, which can name only a drink of the menu.</param>
internal sealed record Acknowledged(Guid Run, string Person, string Drink);

/// <summary>
/// People of one channel who play one coffee run after another: two order by form, one by the API, one in the thread;
/// then the runner completes the run.
/// </summary>
internal sealed class Corner(UpgradeOffice office, string channel, IReadOnlyList<SlackPerson> people)
{
    public const int FormsPerRun = 2;

    /// <summary>In a channel and its thread: announcement, orders, runner, end.</summary>
    public const int PostsPerRun = 4;

    /// <summary>In the name of every drink that is ordered once.</summary>
    public const string Unique = "Brew";

    private const string InThread = "Tea";
    private static int _drinks;

    private readonly ConcurrentQueue<Acknowledged> _acknowledged = [];
    private int _runs;
    private int _attempts;

    public string Channel => channel;

    /// <summary>Runs that were played to their end.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>How often somebody began to order by form.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Orders that were answered with success.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    public static async Task<Corner> OpenAsync(UpgradeOffice office)
    {
        var people = new List<SlackPerson>();
        while (people.Count < 4)
            people.Add(await office.HireAsync());
        return new(office, await office.NewChannelAsync(people), people);
    }

    /// <summary>Plays runs until asked to end, and ends with a completed run.</summary>
    public async Task PlayAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await PlayRunAsync();
            Interlocked.Increment(ref _runs);
        }
    }

    private async Task PlayRunAsync()
    {
        var run = await OrderByFormAsync(people[0]);
        Assert.Equal(run, await OrderByFormAsync(people[1]));

        var seen = Runs;
        SeenMessage? announcement = null;
        await Eventually.TrueAsync(
            async () =>
                (announcement = (await people[2].SeesAsync(channel)).Where(IsAnnouncement).ElementAtOrDefault(seen))
                    is not null,
            $"run {run} is announced"
        );
        await people[2].SayAsync(channel, $"large {InThread}", announcement!.Ts);
        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "orders WHERE run_id = @run AND user_id = @person",
                    new { run, person = people[2].Id }
                ) == 1,
            $"the order in the thread of run {run} is stored"
        );
        _acknowledged.Enqueue(new(run, people[2].Id, InThread));

        var drink = NewDrink();
        (await office.Api.OrderAsync(office.Service(), run.ToString(), people[3].Id, drink)).Is(201);
        _acknowledged.Enqueue(new(run, people[3].Id, drink));

        // A run that ends early needs no list of orders and no runner in its thread any more.
        await WaitInThreadAsync(announcement.Ts, "so far");
        await WaitInThreadAsync(announcement.Ts, " goes.");
        var runner = await office.Rows.GetAsync<string>(
            "SELECT runner_user_id FROM coffee_runs WHERE run_id = @run",
            new { run }
        );
        (await office.Api.PatchAsync($"runs/{run}/complete", office.Service(), new { user_id = runner })).Is(200);
    }

    private Task<SeenMessage> WaitInThreadAsync(string thread, string text) =>
        people[2]
            .WaitToSeeAsync(
                channel,
                message => message.ThreadTs == thread && message.Shown.Contains(text, StringComparison.Ordinal),
                Guard.Timeout
            );

    /// <summary>Types /coffee, fills in the form and submits it, until it is accepted.</summary>
    private async Task<Guid> OrderByFormAsync(SlackPerson person)
    {
        var drink = "";
        Guid? run = null;
        await Eventually.TrueAsync(
            async () =>
            {
                // Slack gives up after 3 s, and people try again. What was stored then counts as another order.
                drink = NewDrink();
                Interlocked.Increment(ref _attempts);
                if ((bool?)(await person.CommandAsync(channel, "/coffee"))["ok"] != true)
                    return false;
                if (await person.ViewAsync() is not { } form || (string?)form["callback_id"] != "order")
                    return false;
                run = Guid.Parse((string)JsonNode.Parse((string)form["private_metadata"]!)!["run_id"]!);
                var answer = await person.SubmitAsync(
                    ("drink:0", "something_else"),
                    ("other:0", drink),
                    ("size:0", "Large")
                );
                return (bool?)answer["closed"] == true;
            },
            $"the order of {person.Id} is accepted"
        );
        _acknowledged.Enqueue(new(run!.Value, person.Id, drink));
        return run.Value;
    }

    private static string NewDrink() => $"{Unique} {Interlocked.Increment(ref _drinks):D5}";

    private static bool IsAnnouncement(SeenMessage message) =>
        !message.IsEphemeral
        && (message.ThreadTs is null or "" || message.ThreadTs == message.Ts)
        && message.Shown.Contains("coffee run", StringComparison.Ordinal);
}
