using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using MimeKit;
using SlackSimulator.Control;

namespace CoffeeBuddy.Operations.Mail;

/// <summary>Slack is away for minutes: the runner gets an e-mail with what to bring.</summary>
public sealed class EmailFallbackTests(StartTlsMailOffice office) : IClassFixture<StartTlsMailOffice>, IAsyncLifetime
{
    private static readonly Fault Away = new("*", FaultKind.Error, Status: 503);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        office.Sandbox.Slack.Faults.Set([]);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_runner_gets_one_email_and_one_reminder_and_the_slack_message_when_slack_is_back()
    {
        string[] names = ["Noor", "Priya", "Mateo"];
        await KnowAddressesAsync(names);
        await using var second = await office.Sandbox.StartReplicaAsync(
            WorkerRoles.Timer,
            TestContext.Current.CancellationToken
        );
        office.Sandbox.Slack.Faults.Set([Away]);
        await office.Act("Noor").CommandAsync("mail", "/coffee");
        var run = await office.Rows.GetAsync<string>(
            "SELECT run_id::text FROM coffee_runs WHERE channel_id = @channel AND status = 'active'",
            new { channel = office.Channel("mail") }
        );
        foreach (var name in names)
            (await office.Api.OrderAsync(office.Service(), run, office.Act(name).Id, "Flat White")).Is(201);
        var runner = await office.RunnerAsync(run);
        var person = names.Single(name => office.Act(name).Id == runner);

        // The relay refuses the first attempt.
        office.Relay.BeBusy(1);
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));

        await Eventually.TrueAsync(() => To(person).Count == 1, "the runner has mail");
        var mail = To(person)[0];
        Assert.Equal("You go for coffee: 3 orders from #mail", mail.Subject);
        Assert.Equal(
            "CoffeeBuddy <coffee@example.com>",
            mail.From.ToString().Replace("\"", "", StringComparison.Ordinal)
        );
        Assert.Contains(
            "you are the runner of the coffee run in #mail. Please bring:",
            mail.TextBody,
            StringComparison.Ordinal
        );
        Assert.Contains("3 x Large Flat White, for ", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("because Slack cannot be reached", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("marking the run complete works then", mail.TextBody, StringComparison.Ordinal);
        Assert.All(office.Relay.Taken, taken => Assert.Equal((true, MailRelay.User), (taken.Secure, taken.User)));

        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(() => To(person).Count == 2, "the runner is reminded by mail");
        Assert.Equal("Reminder: 3 orders from #mail to bring", To(person)[1].Subject);
        await SweepAsync(2);
        Assert.Equal(2, To(person).Count);
        Assert.True((await office.MetricsAsync()).Has("coffeebuddy_emails_total", "outcome=\"sent\""));

        office.Sandbox.Slack.Faults.Set([]);
        await office
            .Act(person)
            .WaitToSeeAsync(
                "dm",
                message =>
                    message.Buttons.Contains("run_complete")
                    && message.Shown.Contains("3 ×* Large Flat White", StringComparison.Ordinal),
                Guard.For(TimeSpan.FromSeconds(120))
            );
        Assert.Equal(2, To(person).Count);
    }

    [Fact]
    public async Task A_runner_without_a_known_address_is_counted_once_and_gets_no_email()
    {
        var zola = office.Act("Zola");
        var run = await office.Api.OpenRunAsync(office.Service(), zola.Id, office.Channel("no-address"));
        office.Sandbox.Slack.Faults.Set([Away]);
        (await office.Api.OrderAsync(office.Service(), run, zola.Id)).Is(201);
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));
        await office.RunnerAsync(run);

        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));

        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "slack_messages WHERE run_id = @run::uuid AND kind = 'runner_email' AND error = 'no_address'",
                    new { run }
                ) == 1,
            "the missing address is stored"
        );
        await SweepAsync(2);
        Assert.Empty(To("Zola"));
        Assert.Equal(1, (await office.MetricsAsync()).Value("coffeebuddy_emails_total", "outcome=\"no_address\""));
    }

    private List<MimeMessage> To(string name) =>
        [
            .. office
                .Relay.Taken.Select(taken => taken.Message)
                .Where(mail => mail.To.Mailboxes.Single().Address == $"{name.ToLowerInvariant()}@example.com"),
        ];

    /// <summary>Has people order once, so that their addresses are fetched from Slack.</summary>
    private async Task KnowAddressesAsync(string[] names)
    {
        var ids = names.Select(name => office.Act(name).Id).ToArray();
        var run = await office.Api.OpenRunAsync(office.Service(), ids[0], office.Channel("mail"));
        foreach (var id in ids)
            (await office.Api.OrderAsync(office.Service(), run, id)).Is(201);
        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync("users WHERE user_id = ANY(@ids) AND email IS NOT NULL", new { ids })
                == ids.Length,
            "their addresses are known"
        );
        (await office.Api.PatchAsync($"runs/{run}/cancel", office.Person(ids[0]))).Is(200);
    }

    private async Task SweepAsync(int times)
    {
        var before = await SweepsAsync();
        await Eventually.TrueAsync(async () => await SweepsAsync() >= before + times, "the sweep has run again");
    }

    private async Task<double> SweepsAsync() =>
        (await office.MetricsAsync()).Value(
            "functions_invocations_total",
            "function=\"EmailRunners\"",
            "outcome=\"success\""
        );
}
