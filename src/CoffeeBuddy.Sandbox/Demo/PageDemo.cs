using System.Text.Json.Nodes;
using SlackSimulator.Page;

namespace CoffeeBuddy.Sandbox.Demo;

/// <summary>
/// The coffee run that the workspace's page plays: three people order by command, by button and in the thread; one is
/// assigned, reminded, and completes the run. It can be played again; the next runner is then another person.
/// </summary>
public static class PageDemo
{
    /// <summary>The channel of the demo.</summary>
    public const string Channel = "coffee-corner";

    /// <summary>Noor is an admin of CoffeeBuddy too, so her Home tab has the menus.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?> { ["CoffeeBuddy__Admins__0"] = "U0NOOR0000" };

    private static readonly string[] People = ["noor", "priya", "mateo"];

    public static DemoScript Script { get; } =
        new(
            "A coffee run in a minute",
            [
                new OpenChannel(Channel) { As = "noor", Caption = "Noor starts a coffee run: /coffee" },
                new RunCommand("/coffee"),
                new FillIn(
                    Values(
                        ("drink", "Latte"),
                        ("size", "Large"),
                        ("customizations", new JsonArray("Oat milk")),
                        ("note", "Extra hot, please")
                    )
                )
                {
                    Caption = "The order form has the office’s menu. Next time it offers her last drinks",
                },
                new Submit() { Caption = "She orders. Only she sees the confirmation" },
                new OpenChannel(Channel) { As = "priya", Caption = "Everyone in the channel sees the run" },
                // This text and button are only on a run with an order and without a runner: never on the run of an
                // earlier play.
                new WaitFor("I will choose who goes", "order_open"),
                new Click("order_open") { Caption = "Priya opens the form by the button" },
                new FillIn(Values(("drink", "Cappuccino"), ("size", "Medium"))),
                new Submit(),
                new OpenThread("I will choose who goes")
                {
                    As = "mateo",
                    Caption = "Mateo opens the thread: it lists the orders so far",
                },
                new WaitFor("2 orders so far"),
                new Say("small espresso") { InThread = true, Caption = "He orders by writing a reply" },
                new WaitFor("3 orders so far"),
                new WaitFor("Why:")
                {
                    Caption = "Three people have ordered: a runner is assigned, and the thread gives the reason",
                },
                new BecomeWhoSees("run_complete", People)
                {
                    Caption = "The runner gets the order list in a direct message",
                },
                new WaitFor("You go for coffee") { Caption = "{who} is the runner: what to bring, for whom, and why" },
                new Advance(TimeSpan.FromMinutes(5)) { Caption = "The clock jumps five minutes ahead" },
                new WaitFor("A reminder") { Caption = "{who} is reminded" },
                new Click("run_complete") { Caption = "{who} is back and marks the run complete" },
                new WaitFor("Thank you for going!"),
                new OpenChannel(Channel) { Caption = "Back in the channel, the run is complete" },
                new OpenThread("is organising a coffee run"),
                new WaitFor("The coffee run is complete")
                {
                    Caption =
                        "The thread mentions everyone who ordered. Play it again: the next runner is another person",
                },
            ]
        );

    private static Dictionary<string, JsonNode?> Values(params (string ActionId, JsonNode Value)[] values) =>
        values.ToDictionary(value => value.ActionId, value => (JsonNode?)value.Value, StringComparer.Ordinal);
}
