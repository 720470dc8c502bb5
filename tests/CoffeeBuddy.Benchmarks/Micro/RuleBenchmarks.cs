using BenchmarkDotNet.Attributes;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>The rules that are asked for each run and each reply.</summary>
public class RuleBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly Guid RunId = Guid.Parse("0198f0de-0000-7000-8000-000000000001");

    private readonly List<Candidate> _candidates =
    [
        .. Enumerable
            .Range(0, 50)
            .Select(number => new Candidate(
                $"U0PERSON{number}",
                RunsMade: number % 5,
                RunsTakenPart: 20,
                LastRunAt: Now.AddDays(-number % 7),
                FirstSeenAt: Now.AddDays(-100)
            )),
    ];

    [Benchmark]
    public RunnerChoice FairRunnerOfFifty() =>
        FairRunner.Choose(FairnessStrategy.FewestRuns, _candidates, lastRunnerUserId: null, RunId);

    [Benchmark]
    public OrderReply? ReplyThatChangesAnOrder() =>
        OrderReplyText.Read("make that a flat white, oat milk", Menu.Default);

    [Benchmark]
    public OrderReply? ReplyThatIsNoOrder() => OrderReplyText.Read("see you all in the meeting at ten", Menu.Default);
}
