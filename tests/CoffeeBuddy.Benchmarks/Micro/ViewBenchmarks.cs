using BenchmarkDotNet.Attributes;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>What people see most, as the JSON that Slack gets.</summary>
public class ViewBenchmarks
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly Drink Usual = new("Flat White", "Large", ["Oat milk"]);

    private static readonly CoffeeRun Run = new()
    {
        RunId = Guid.Parse("0198f0de-0000-7000-8000-000000000001"),
        WorkspaceId = "T0OFFICE1",
        ChannelId = "C0COFFEE1",
        InitiatorUserId = "U0PERSON1",
        Status = RunStatus.Active,
        CreatedAt = Now,
        FirstOrderAt = Now,
        DeadlineAt = Now.AddMinutes(4),
    };

    private static readonly OrderForm Form = new()
    {
        RunId = Run.RunId,
        ChannelId = Run.ChannelId,
        InitiatorUserId = Run.InitiatorUserId,
        Menu = Menu.Default,
        LastDrinks = [Usual, new("Tea", "Small"), new("Latte", "Medium", ["Soy milk", "Decaf"])],
        OffersSameAs = true,
    };

    private readonly List<Order> _orders =
    [
        .. Enumerable
            .Range(0, 10)
            .Select(number => new Order(
                new Guid(number, 0, 0, new byte[8]),
                Run.RunId,
                $"U0PERSON{number}",
                number % 2 == 0 ? Usual : new("Tea", "Small"),
                Note: null,
                Now
            )),
    ];

    [Benchmark]
    public string OrderForm() => new ViewResponse("update", View: OrderModal.Build(Form)).ToJson();

    [Benchmark]
    public string Announcement() => new CommandResponse(RunMessages.Announcement(Run, orderCount: 3)).ToJson();

    [Benchmark]
    public string SummaryOfTen() => new CommandResponse(RunMessages.Summary(Run, _orders)).ToJson();
}
