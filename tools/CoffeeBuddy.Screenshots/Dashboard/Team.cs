using System.Diagnostics.CodeAnalysis;
using CoffeeBuddy.Sandbox.Slack;

namespace CoffeeBuddy.Screenshots.Dashboard;

/// <summary>The people of one channel, who make one coffee run after another.</summary>
[SuppressMessage("Security", "CA5394", Justification = "The numbers must be repeatable and are not secret.")]
internal sealed class Team(string channel, IReadOnlyList<SlackPerson> people, int seed)
{
    private const int AttemptsToFindRunner = 30;

    private static readonly string[] Drinks = ["Latte", "Cappuccino", "Espresso", "Tea"];
    private static readonly string[] Sizes = ["Small", "Medium", "Large"];

    private readonly Random _random = new(seed);

    public async Task WorkAsync(CancellationToken end)
    {
        while (true)
        {
            await PauseAsync(1, 8, end);
            await RunAsync(end);
        }
    }

    private async Task RunAsync(CancellationToken end)
    {
        var thirsty = people.OrderBy(_ => _random.Next()).Take(_random.Next(2, people.Count + 1)).ToList();
        foreach (var person in thirsty)
        {
            await OrderAsync(person);
            await PauseAsync(1, 5, end);
        }

        if (_random.NextDouble() < 0.3)
            await thirsty[0].CommandAsync(channel, "/coffee-history");
        if (_random.NextDouble() < 0.1)
        {
            await CancelAsync(thirsty[0]);
            return;
        }

        for (var attempt = 0; attempt < AttemptsToFindRunner; attempt++)
        {
            foreach (var person in thirsty)
            {
                if (
                    (await person.SeesAsync("dm")).LastOrDefault(message => message.Buttons.Contains("run_complete"))
                    is not { } assignment
                )
                    continue;
                await PauseAsync(5, 12, end);
                await person.ClickAsync(assignment, "run_complete");
                return;
            }

            await PauseAsync(1, 1, end);
        }

        // Nobody was told in time: the message is late.
        await CancelAsync(thirsty[0]);
    }

    private async Task OrderAsync(SlackPerson person)
    {
        await person.CommandAsync(channel, "/coffee");
        if (await person.ViewAsync() is not null)
            await person.SubmitAsync(("drink:0", Pick(Drinks)), ("size:0", Pick(Sizes)));
    }

    private async Task CancelAsync(SlackPerson person) => await person.CommandAsync(channel, "/coffee-cancel");

    private Task PauseAsync(int from, int to, CancellationToken end) =>
        Task.Delay(TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from))), end);

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
