using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Chaos.Record;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Slack;

namespace CoffeeBuddy.Chaos.People;

/// <summary>
/// One person: orders, changes, withdraws, cancels and completes, one action after another, selected by the seed.
/// </summary>
internal sealed class Colleague(
    HttpClient simulator,
    SlackPerson person,
    IReadOnlyList<string> channels,
    Board board,
    PromiseBook book,
    Dice dice,
    TimeProvider time
)
{
    private const int SubmitAttempts = 3;
    private static readonly string[] Sizes = ["Small", "Medium", "Large"];
    public static readonly string[] Drinks = ["Espresso", "Latte", "Mocha", "Tea"];

    private static readonly (Func<Colleague, Task> Do, int Weight)[] Habits =
    [
        (colleague => colleague.OrderByCommandAsync(), 40),
        (colleague => colleague.OrderByButtonAsync(), 16),
        (colleague => colleague.ReplyAsync(colleague.AnyOrder), 8),
        (colleague => colleague.ReplyAsync($"make that an oat {colleague.AnyDrink}"), 4),
        (colleague => colleague.ReplyAsync($"{colleague.AnyDrink} or chai"), 3),
        (colleague => colleague.ReplyAsync(Withdrawal), 4),
        (colleague => colleague.WithdrawAsync(), 7),
        (colleague => colleague.CancelByCommandAsync(colleague.AnyChannel), 4),
        (colleague => colleague.PlanAsync(), 4),
        (colleague => colleague.LookBackAsync(), 3),
        (colleague => colleague.ComeAndGoAsync(), 2),
    ];

    /// <summary>Withdraws the order of the person who writes it in a run's thread.</summary>
    public const string Withdrawal = "cancel my order";

    private string AnyChannel => dice.Pick(channels);

    private string AnyDrink => dice.Pick(Drinks).ToLowerInvariant();

    private string AnyOrder => $"{dice.Pick(Sizes).ToLowerInvariant()} {AnyDrink}";

    public async Task WorkAsync(CancellationToken endOfDay)
    {
        while (!endOfDay.IsCancellationRequested)
        {
            await Pauses.AtMostAsync(dice.Between(0.5, 4.5), endOfDay);
            if (endOfDay.IsCancellationRequested)
                return;
            try
            {
                // A runner soon ends the run, so that many runs end.
                if (board.RunnerMessageOf(person.Id) is { } message && dice.Chance(0.6))
                    await EndOwnRunAsync(message);
                else
                    await dice.Pick(Habits, habit => habit.Weight).Do(this);
            }
            catch (Exception exception)
                when (exception
                        is HttpRequestException
                            or InvalidOperationException
                            or OperationCanceledException
                            or JsonException
                )
            {
                book.Count("simulator", exception.GetType().Name);
            }
        }
    }

    private async Task OrderByCommandAsync()
    {
        var channel = AnyChannel;
        await CloseFormsAsync();
        var answer = await person.CommandAsync(channel, "/coffee");
        book.Count("/coffee", Said(answer));
        if ((bool?)answer["ok"] == true)
            await SubmitAsync("order");
    }

    private async Task OrderByButtonAsync()
    {
        if (board.AnnouncementIn(AnyChannel) is not { } announcement)
            return;
        await CloseFormsAsync();
        var answer = await ClickAsync(announcement, "order_open");
        book.Count("order button", Said(answer));
        if ((bool?)answer["ok"] == true)
            await SubmitAsync("order by button");
    }

    private async Task SubmitAsync(string operation)
    {
        if (await person.ViewAsync() is not { } form || (string?)form["callback_id"] != "order")
            return;
        var state = JsonNode.Parse((string)form["private_metadata"]!)!;
        var (run, channel) = (Guid.Parse((string)state["run_id"]!), (string)state["channel_id"]!);
        var (drink, size) = (book.NextDrink(), dice.Pick(Sizes));
        for (var attempt = 1; ; attempt++)
        {
            var sent = time.GetUtcNow();
            var answer = await person.SubmitAsync(("drink:0", "something_else"), ("other:0", drink), ("size:0", size));
            var outcome =
                (bool?)answer["closed"] == true ? Outcome.Promised
                : answer["error"] is null ? Outcome.Refused
                : Outcome.Unknown;
            book.Add(new PromisedOrder(run, person.Id, channel, drink, outcome, sent, time.GetUtcNow()));
            book.Count(operation, outcome == Outcome.Unknown ? Said(answer) : outcome.ToString().ToLowerInvariant());
            // "We had some trouble connecting. Try again?"
            if (outcome != Outcome.Unknown || attempt == SubmitAttempts || dice.Chance(0.3))
                return;
            await Task.Delay(dice.Between(0.2, 2), time);
        }
    }

    private async Task ReplyAsync(string text)
    {
        if (board.AnnouncementIn(AnyChannel) is not { } announcement)
            return;
        book.Add(new Reply(person.Id, announcement.Channel, announcement.Ts, text));
        await person.SayAsync(announcement.Channel, text, announcement.Ts);
        book.Count("reply in thread", "said");
    }

    private async Task WithdrawAsync()
    {
        if (board.AnnouncementIn(AnyChannel) is { } announcement)
            book.Count("withdraw", Said(await ClickAsync(announcement, "order_withdraw")));
    }

    /// <summary>
    /// The runner completes the run, sometimes cancels it by button or command, and sometimes clicks twice.
    /// </summary>
    private async Task EndOwnRunAsync(PlaceOfMessage message)
    {
        if (dice.Chance(0.15))
        {
            // The run is in one of the person's two channels; which one is not known here.
            foreach (var channel in channels.Distinct())
                await CancelByCommandAsync(channel);
            return;
        }

        var action = dice.Chance(0.9) ? "run_complete" : "run_cancel";
        var clicks = Enumerable.Range(0, dice.Chance(0.3) ? 2 : 1).Select(_ => ClickAsync(message, action));
        foreach (var answer in await Task.WhenAll(clicks))
            book.Count(action == "run_complete" ? "complete" : "cancel by button", Said(answer));
    }

    /// <summary>A run that is due within a minute. Often the channel has an active one then.</summary>
    private async Task PlanAsync()
    {
        var soon = time.GetUtcNow().AddMinutes(1);
        var text = soon.ToString("'at' HH:mm", CultureInfo.InvariantCulture);
        book.Count("plan", Said(await person.CommandAsync(AnyChannel, "/coffee", text)));
    }

    private async Task CancelByCommandAsync(string channel)
    {
        var sent = time.GetUtcNow();
        var answer = await person.CommandAsync(channel, "/coffee-cancel");
        var cancelled =
            answer["response"]?.ToJsonString().Contains("The run is cancelled.", StringComparison.Ordinal) == true;
        book.Count(
            "/coffee-cancel",
            cancelled ? "cancelled"
                : (bool?)answer["ok"] == true ? "refused"
                : Said(answer)
        );
        if (cancelled)
            book.Add(new PromisedCancel(person.Id, channel, sent, time.GetUtcNow()));
    }

    private async Task LookBackAsync() =>
        book.Count("/coffee-history", Said(await person.CommandAsync(AnyChannel, "/coffee-history")));

    private async Task ComeAndGoAsync()
    {
        var text = dice.Chance(0.4) ? "away" : "back";
        book.Count($"/coffee {text}", Said(await person.CommandAsync(AnyChannel, "/coffee", text)));
    }

    private async Task<JsonNode> ClickAsync(PlaceOfMessage message, string action)
    {
        using var response = await simulator.PostAsJsonAsync(
            $"sim/people/{person.Id}/actions",
            new
            {
                channel = message.Channel,
                ts = message.Ts,
                action_id = action,
                confirm = true,
            }
        );
        var answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        if ((string?)answer["error"] == "element_not_found")
            board.Forget(message);
        return answer;
    }

    private async Task CloseFormsAsync()
    {
        using var response = await simulator.PostAsJsonAsync($"sim/people/{person.Id}/view/close", new { all = true });
    }

    private static string Said(JsonNode answer) =>
        (bool?)answer["ok"] == true ? "ok"
        : (string?)answer["error"] is { } error ? $"{error}{((int?)answer["status"] is { } status ? $" {status}" : "")}"
        : "no answer";
}
