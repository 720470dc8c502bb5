using System.Text.Json.Nodes;
using SlackSimulator.Page;

namespace CoffeeBuddy.Sandbox;

/// <summary>
/// The run that the workspace's page plays: three people order in the three ways there are, one goes, is reminded, and brings it. It can be played
/// again in the same sandbox; the fairest runner is then another.
/// </summary>
public static class PageDemo
{
    /// <summary>Where it is played, and where a person who starts the sandbox looks first.</summary>
    public const string Channel = "coffee-corner";

    private static readonly string[] People = ["noor", "priya", "mateo"];

    public static DemoScript Script { get; } =
        new(
            "A coffee run in a minute",
            [
                new OpenChannel(Channel)
                {
                    As = "noor",
                    Caption = "Noor would like a coffee, and asks who else would: /coffee",
                },
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
                    Caption = "The form is the office’s menu. The next time it will know her usual",
                },
                new Submit() { Caption = "She orders. Only she sees the confirmation" },
                new OpenChannel(Channel) { As = "priya", Caption = "Everyone in the channel sees the run" },
                // Only of a run that has an order and no runner yet, so never of the one played before.
                new WaitFor("I will choose who goes", "order_open"),
                new Click("order_open") { Caption = "Priya joins by the button" },
                new FillIn(Values(("drink", "Cappuccino"), ("size", "Medium"))),
                new Submit(),
                new OpenThread("I will choose who goes")
                {
                    As = "mateo",
                    Caption = "Mateo looks into the thread: the orders so far, kept up to date",
                },
                new WaitFor("2 orders so far"),
                new Say("small espresso") { InThread = true, Caption = "He just writes what he wants" },
                new WaitFor("3 orders so far"),
                new WaitFor("Why:")
                {
                    Caption = "Three have ordered, so the fairest of them is sent, and all can read why",
                },
                new BecomeWhoSees("run_complete", People)
                {
                    Caption = "Whoever goes finds the list in a direct message",
                },
                new WaitFor("You go for coffee") { Caption = "{who} goes: what to bring, for whom, and why" },
                new Advance(TimeSpan.FromMinutes(5)) { Caption = "The clock jumps five minutes ahead" },
                new WaitFor("A reminder") { Caption = "{who} is reminded" },
                new Click("run_complete") { Caption = "{who} has brought it all, and says so" },
                new WaitFor("Thank you for going!"),
                new OpenChannel(Channel) { Caption = "Back in the channel, the run is complete" },
                new OpenThread("is organising a coffee run"),
                new WaitFor("The coffee run is complete")
                {
                    Caption = "Everyone who ordered is told. Play it again, and someone else goes",
                },
            ]
        );

    private static Dictionary<string, JsonNode?> Values(params (string ActionId, JsonNode Value)[] values) =>
        values.ToDictionary(value => value.ActionId, value => (JsonNode?)value.Value, StringComparer.Ordinal);
}
