using CoffeeBuddy.Chaos.Record;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Slack;
using SlackSimulator;

namespace CoffeeBuddy.Chaos.People;

/// <summary>The people and channels. The app is not a member of the last channel.</summary>
internal sealed class Office(ChaosOptions options)
{
    public const string SigningSecret = "signing-secret-of-the-chaos-run";
    public const string BotToken = "xoxb-bot-token-of-the-chaos-run";

    public static string Person(int number) => $"U0CHAOS{number:D4}";

    public static string Channel(int number) => $"C0CHAOS{number:D4}";

    public string WithoutApp => Channel(options.Channels - 1);

    public SimulatorOptions Workspace =>
        new()
        {
            App = SlackApp.FromManifest() with { SigningSecret = SigningSecret, BotToken = BotToken },
            People =
            [
                .. Enumerable
                    .Range(0, options.People)
                    .Select(number => new PersonOptions(
                        $"Person{number}",
                        Id: Person(number),
                        Email: $"person{number}@chaos.example"
                    )),
            ],
            Channels =
            [
                .. Enumerable
                    .Range(0, options.Channels)
                    .Select(number => new ChannelOptions(
                        $"corner-{number}",
                        HasBot: number != options.Channels - 1,
                        Id: Channel(number)
                    )),
            ],
            // Slack's rate limits would slow the run down. 429 is one of the faults.
            RateLimits = false,
            TrafficCapacity = 50_000,
            MessagesPerChannel = 20_000,
        };

    public IReadOnlyList<Colleague> Colleagues(
        HttpClient simulator,
        Board board,
        PromiseBook book,
        TimeProvider time
    ) =>
        [
            .. Enumerable
                .Range(0, options.People)
                .Select(number =>
                {
                    var dice = new Dice(options.Seed, number + 1);
                    // Two channels per person, so that runs of different channels share people.
                    string[] channels = [Channel(number % options.Channels), Channel(dice.Below(options.Channels))];
                    return new Colleague(
                        simulator,
                        new SlackPerson(simulator, Person(number)),
                        channels,
                        board,
                        book,
                        dice,
                        time
                    );
                }),
        ];
}
