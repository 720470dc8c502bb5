using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Scaling;

/// <summary>Whether every order had its effects, and each of them once.</summary>
internal sealed class Effects(SandboxHost sandbox, Office office, SlackEffects seen)
{
    /// <summary>In the thread of a completed run: the orders, who goes, and the end.</summary>
    public const int InThread = 3;

    public async Task JudgeAsync(Verdict verdict, CancellationToken stop)
    {
        seen.Follow();
        var events = new StoredEvents(sandbox.ConnectionString);
        var acknowledged = office.Orders.ToHashSet();
        var stored = (await events.OrdersAsync(stop)).ToHashSet();
        var runs = await events.RunsAsync(stop);
        var completed = runs.Where(run => run.Completed).ToList();
        await verdict.SayAsync("orders acknowledged", $"{acknowledged.Count}");
        await verdict.SayAsync("runs completed", $"{completed.Count} of {runs.Count}");
        await verdict.SayAsync("requests repeated after 503", $"{office.Repeated}");
        await verdict.CheckAsync("requests refused", office.Refused, most: 0);
        await verdict.CheckAsync("orders lost", Texts(acknowledged.Where(order => !stored.Contains(order))), most: 0);
        await verdict.CheckAsync(
            "orders not confirmed",
            Texts(acknowledged.Where(order => !seen.Confirmations.ContainsKey(order))),
            most: 0
        );
        await verdict.CheckAsync(
            "orders confirmed twice",
            Texts(seen.Confirmations.Where(order => order.Value > 1)),
            most: 0
        );
        await verdict.CheckAsync("runs with two runners", Texts(runs.Where(run => run.Assignments > 1)), most: 0);
        await verdict.CheckAsync(
            "completed runs without a runner",
            Texts(completed.Where(run => run.Assignments == 0)),
            most: 0
        );
        await verdict.CheckAsync(
            "messages posted twice",
            Texts(seen.Posts.Where(post => IsRun(post.Key.Channel) && post.Value > Expected(post.Key.InThread))),
            most: 0
        );
        await verdict.CheckAsync(
            "messages of completed runs missing",
            Texts(
                completed
                    .SelectMany(run => new[] { (run.Channel, InThread: false), (run.Channel, InThread: true) })
                    .Where(place => seen.Posts.GetValueOrDefault(place) < Expected(place.InThread))
            ),
            most: 0
        );
        await verdict.CheckAsync("dead letters", Texts(DeadLetters.Read(sandbox.KafkaServers)), most: 0);
    }

    private static int Expected(bool inThread) => inThread ? InThread : 1;

    /// <summary>Not a direct message.</summary>
    private static bool IsRun(string channel) => channel.StartsWith('C');

    private static List<string> Texts<T>(IEnumerable<T> found) => [.. found.Select(each => $"{each}")];
}
