using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoffeeBuddy.Sandbox.Slack;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Demo;

/// <summary>
/// Plays a coffee run as three people through the simulator's HTTP API: orders, assignment, reminder, completion, then
/// history, preferences and a cancelled run. Checks each step and prints what the people see.
/// </summary>
public sealed class ConsoleDemo
{
    private const string Channel = PageDemo.Channel;

    /// <summary>Worker settings of the demo: the reminder follows after 2 s and the sweeps run every second.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>
        {
            ["CoffeeBuddy__ReminderDelay"] = "00:00:02",
            ["CoffeeBuddy__OrderWindow"] = "00:00:30",
            ["Sweep__Schedule"] = "* * * * * *",
        };

    private static readonly TimeSpan RegexTimeout = TimeSpan.FromSeconds(1);
    private static readonly string[] OatMilk = ["Oat milk"];

    private readonly SandboxHost _sandbox;
    private readonly TextWriter _output;
    private readonly SlackPerson _noor;
    private readonly SlackPerson _priya;
    private readonly SlackPerson _mateo;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _step;

    private ConsoleDemo(SandboxHost sandbox, HttpClient simulator, TextWriter output)
    {
        (_sandbox, _output) = (sandbox, output);
        (_noor, _priya, _mateo) = (Person("Noor"), Person("Priya"), Person("Mateo"));

        SlackPerson Person(string name) => new(simulator, sandbox.Slack.State.FindPerson(name)!.Id);
    }

    /// <exception cref="PartFailedException">A step failed; the message names it.</exception>
    public static async Task PlayAsync(SandboxHost sandbox, TextWriter output, CancellationToken stop)
    {
        using var simulator = new HttpClient { BaseAddress = sandbox.Slack.BaseAddress };
        await new ConsoleDemo(sandbox, simulator, output).PlayAsync(stop);
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        await OrderAsync(stop);
        var runner = await AssignAsync(stop);
        await RemindAsync(runner, stop);
        await CompleteAsync(runner, stop);
        await LookBackAsync(stop);
        await CancelAsync(stop);
        await _output.WriteLineAsync(
            $"\n  {_step} steps passed in {Stopwatch.GetElapsedTime(_started).TotalSeconds:0.0} s."
        );
    }

    private async Task OrderAsync(CancellationToken stop)
    {
        await StepAsync(
            "Noor types /coffee: the order form opens",
            async () =>
            {
                await TypeAsync(_noor, "/coffee");
                var form = await _noor.ViewAsync();
                Expect(form is not null, "no form opened");
                return Title(form!);
            },
            stop
        );
        await StepAsync(
            "Noor orders a large latte with oat milk: her order is confirmed, and the channel sees the run",
            async () =>
            {
                await OrderAsync(
                    _noor,
                    ("drink:0", "Latte"),
                    ("size:0", "Large"),
                    ("customizations:0", OatMilk),
                    ("note:0", "<!channel> *hot* please")
                );
                var confirmation = await _noor.WaitToSeeAsync(
                    Channel,
                    message => message.IsEphemeral && message.Shown.Contains("Large Latte", StringComparison.Ordinal)
                );
                var announcement = await _priya.WaitToSeeAsync(
                    Channel,
                    message => message.Buttons.Contains("order_open")
                );
                return $"{confirmation.Shown}\n{announcement.Shown}";
            },
            stop
        );
        await StepAsync(
            "Priya opens the form by the button and orders the same",
            async () =>
            {
                var announcement = await _priya.WaitToSeeAsync(
                    Channel,
                    message => message.Buttons.Contains("order_open")
                );
                await _priya.ClickAsync(announcement, "order_open");
                await OrderAsync(_priya, ("drink:0", "Latte"), ("size:0", "Large"), ("customizations:0", OatMilk));
                return (await SummaryAsync("*2 ×* Large Latte")).Shown;
            },
            stop
        );
        await StepAsync(
            "Mateo forgets the drink: the form shows the error, and he orders an espresso",
            async () =>
            {
                await TypeAsync(_mateo, "/coffee");
                var refused = await InTimeAsync(() =>
                    _mateo.SubmitAsync(("drink:0", "something_else"), ("size:0", "Small"))
                );
                Expect(
                    (bool?)refused["closed"] == false && refused["errors"] is not null,
                    "an order without a drink was accepted"
                );
                await OrderAsync(_mateo, ("drink:0", "Espresso"), ("size:0", "Small"));
                return $"{refused["errors"]!.ToJsonString()}\n{(await SummaryAsync("Small Espresso")).Shown}";
            },
            stop
        );
    }

    private async Task<SlackPerson> AssignAsync(CancellationToken stop)
    {
        SlackPerson? runner = null;
        await StepAsync(
            "Three people have ordered: a runner is assigned and told the reason",
            async () =>
            {
                var assignment = await _noor.WaitToSeeAsync(
                    Channel,
                    message =>
                        message.Shown.Contains("goes.", StringComparison.Ordinal)
                        && message.Shown.Contains("Why:", StringComparison.Ordinal)
                );
                runner = new[] { _noor, _priya, _mateo }.First(person =>
                    assignment.Shown.Contains(person.Id, StringComparison.Ordinal)
                );
                var told = await runner.WaitToSeeAsync("dm", message => message.Buttons.Contains("run_complete"));
                return $"{assignment.Shown}\n{told.Shown}";
            },
            stop
        );
        return runner!;
    }

    private Task RemindAsync(SlackPerson runner, CancellationToken stop) =>
        StepAsync(
            "The runner is reminded",
            async () =>
                (
                    await runner.WaitToSeeAsync(
                        "dm",
                        message =>
                            message.Shown.Contains("reminder", StringComparison.OrdinalIgnoreCase)
                            && message.Buttons.Contains("run_complete")
                    )
                ).Shown,
            stop
        );

    private Task CompleteAsync(SlackPerson runner, CancellationToken stop) =>
        StepAsync(
            "The runner clicks \"Mark complete\" twice: the thread says once that the run is complete",
            async () =>
            {
                var reminder = await runner.WaitToSeeAsync("dm", message => message.Buttons.Contains("run_complete"));
                await Task.WhenAll(
                    runner.ClickAsync(reminder, "run_complete"),
                    runner.ClickAsync(reminder, "run_complete")
                );
                var done = await _noor.WaitToSeeAsync(
                    Channel,
                    message => message.Shown.Contains("coffee run is complete", StringComparison.Ordinal)
                );
                Expect(
                    new[] { _noor, _priya, _mateo }.All(person =>
                        done.Shown.Contains(person.Id, StringComparison.Ordinal)
                    ),
                    "not everyone who ordered was mentioned"
                );
                Expect(
                    (await _noor.SeesAsync(Channel)).Count(message =>
                        message.Shown.Contains("coffee run is complete", StringComparison.Ordinal)
                    ) == 1,
                    "everyone was told more than once"
                );
                Expect(
                    await CountAsync("SELECT count(*) FROM coffee_runs WHERE status = 'completed'") == 1,
                    "the run is not completed in the database"
                );
                return done.Shown;
            },
            stop
        );

    private async Task LookBackAsync(CancellationToken stop)
    {
        await StepAsync(
            "Priya types /coffee-history",
            async () =>
            {
                await TypeAsync(_priya, "/coffee-history");
                var history = await _priya.WaitToSeeAsync(
                    Channel,
                    message => message.IsEphemeral && message.Shown.Contains("3 orders", StringComparison.Ordinal)
                );
                return history.Shown;
            },
            stop
        );
        await StepAsync(
            "Noor types /coffee again: the form offers her last drink without the note",
            async () =>
            {
                await TypeAsync(_noor, "/coffee");
                var form = (await _noor.ViewAsync())?.ToJsonString() ?? "";
                Expect(
                    form.Contains("Large Latte, Oat milk", StringComparison.Ordinal),
                    "the last order is not offered"
                );
                Expect(
                    await CountAsync("SELECT count(*) FROM user_preferences WHERE order_count = 1") == 3,
                    "not everyone's preference is stored"
                );
                return "Large Latte, Oat milk";
            },
            stop
        );
    }

    private Task CancelAsync(CancellationToken stop) =>
        StepAsync(
            "Priya cannot cancel Noor's run; Noor can",
            async () =>
            {
                await TypeAsync(_priya, "/coffee-cancel");
                var refused = await _priya.WaitToSeeAsync(
                    Channel,
                    message =>
                        message.IsEphemeral && message.Shown.Contains("can be cancelled by", StringComparison.Ordinal)
                );
                await TypeAsync(_noor, "/coffee-cancel");
                var cancelled = await _mateo.WaitToSeeAsync(
                    Channel,
                    message =>
                        message.ThreadTs is not null
                        && message.Shown.Contains("cancelled this coffee run", StringComparison.Ordinal)
                );
                return $"{refused.Shown}\n{cancelled.Shown}";
            },
            stop
        );

    private Task<SeenMessage> SummaryAsync(string line) =>
        _mateo.WaitToSeeAsync(
            Channel,
            message => message.ThreadTs is not null && message.Shown.Contains(line, StringComparison.Ordinal)
        );

    private async Task StepAsync(string title, Func<Task<string>> play, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var began = Stopwatch.GetTimestamp();
        try
        {
            var seen = await play();
            await _output.WriteLineAsync(
                $"\n  {++_step, 2}. {title}  ({Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms)"
            );
            foreach (var line in seen.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await _output.WriteLineAsync($"      │ {Readable(line)}");
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // A value that is missing in an answer can throw any type of exception.
            throw new PartFailedException($"Demo step {_step + 1}, \"{title}\",", exception.Message, [], exception);
        }
    }

    /// <summary>
    /// Mrkdwn as Slack displays it: names instead of ids, the fallback text of dates, unescaped characters.
    /// </summary>
    private string Readable(string mrkdwn)
    {
        var text = Regex.Replace(
            mrkdwn,
            "<@(?<id>[A-Z0-9]+)>",
            person => "@" + (_sandbox.Slack.State.FindPerson(person.Groups["id"].Value)?.RealName ?? person.Value),
            RegexOptions.None,
            RegexTimeout
        );
        text = Regex.Replace(
            text,
            "<#(?<id>[A-Z0-9]+)>",
            channel => "#" + (_sandbox.Slack.State.FindChannel(channel.Groups["id"].Value)?.Name ?? channel.Value),
            RegexOptions.None,
            RegexTimeout
        );
        text = Regex.Replace(text, @"<!date\^[^|]*\|(?<time>[^>]*)>", "${time}", RegexOptions.None, RegexTimeout);
        return text.Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_sandbox.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string Title(JsonNode form) =>
        $"\"{form["title"]?["text"]}\" with {string.Join(", ", ((JsonArray)form["blocks"]!).Select(block => (string?)block!["label"]?["text"]).OfType<string>())}";

    private static async Task TypeAsync(SlackPerson person, string command)
    {
        var answer = await InTimeAsync(() => person.CommandAsync(Channel, command));
        Expect((bool?)answer["ok"] == true, $"{command} was not answered: {answer.ToJsonString()}");
    }

    private static async Task OrderAsync(SlackPerson person, params (string Input, object Value)[] values)
    {
        var answer = await InTimeAsync(() => person.SubmitAsync(values));
        Expect((bool?)answer["closed"] == true, $"the form did not close: {answer.ToJsonString()}");
    }

    /// <summary>
    /// Does it again when the app has not answered within Slack's 3 s, as a person would: the first requests on a busy
    /// machine can take longer.
    /// </summary>
    private static async Task<JsonNode> InTimeAsync(Func<Task<JsonNode>> act)
    {
        const int most = 5;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await act();
            if (attempt == most || !SlackPerson.IsTimeout(answer))
                return answer;
        }
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw new UnexpectedException(otherwise);
    }

    private sealed class UnexpectedException(string message) : Exception(message);
}
