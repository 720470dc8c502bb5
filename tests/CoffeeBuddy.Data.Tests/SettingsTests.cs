using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Users;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Absences with an end, and what people set for themselves.</summary>
public sealed class SettingsTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly PersonSettings Everything = new(
        ReminderMinutes: 2,
        ReminderInThread: true,
        new QuietHours(new(22, 0), new(7, 30)),
        AwayInDoNotDisturb: true,
        OptedOut: true,
        Language: "fr"
    );

    [Fact]
    public async Task Settings_are_kept_and_a_time_zone_that_Slack_does_not_tell_too()
    {
        Assert.Equal(new StoredSettings(new(), null, null), await Settings.GetAsync("U1", Cancellation));

        await Settings.SaveAsync("U1", "Ada", new(Everything, "Europe/Berlin", 3600), Cancellation);
        await OpenAsync("U1");
        Assert.Equal(new(Everything, "Europe/Berlin", 3600), await Settings.GetAsync("U1", Cancellation));

        await Settings.SaveAsync("U1", null, new(new(), null, null), Cancellation);
        await Users.SaveProfileAsync("U1", "Ada", null, unreachable: null, Cancellation);
        Assert.Equal(new(new(), "Europe/Berlin", 3600), await Settings.GetAsync("U1", Cancellation));

        await Users.SaveProfileAsync("U1", "Ada", null, null, Cancellation, "Asia/Tokyo", 32400);
        Assert.Equal(new(new(), "Asia/Tokyo", 32400), await Settings.GetAsync("U1", Cancellation));
    }

    [Fact]
    public async Task Only_a_change_of_language_or_locale_is_read_as_one_and_a_locale_that_Slack_does_not_tell_is_kept()
    {
        var start = Now;
        await OpenAsync("U1");
        await Settings.SaveAsync("U2", "Eve", new(new(ReminderMinutes: 1), null, null), Cancellation);
        Assert.Empty(await ChangedAsync(start.AddDays(-1)));

        Time.Advance(TimeSpan.FromMinutes(1));
        var told = await Users.SaveProfileAsync("U1", "Ada", null, null, Cancellation, locale: "de-DE");
        Assert.Equal((null, "de-DE", (DateTimeOffset?)Now), (told.Own, told.Locale, told.ChangedAt));
        var inSlack = Now;
        Time.Advance(TimeSpan.FromMinutes(1));
        await Settings.SaveAsync("U2", null, new(new(Language: "fr"), null, null, "es-ES"), Cancellation);
        Assert.Equal([("U1", null, "de-DE"), ("U2", "fr", "es-ES")], await ChangedAsync(start));

        Time.Advance(TimeSpan.FromMinutes(1));
        var unchanged = Now;
        await Users.SaveProfileAsync("U1", "Ada", null, null, Cancellation, locale: "de-DE");
        await Users.SaveProfileAsync("U1", "Ada", null, null, Cancellation);
        await Settings.SaveAsync("U2", null, new(new(OptedOut: true, Language: "fr"), null, null), Cancellation);
        Assert.Equal([("U1", null, "de-DE")], await ChangedAsync(start, limit: 1));
        Assert.Equal([("U2", "fr", "es-ES")], await ChangedAsync(inSlack, "U1"));
        Assert.Empty(await ChangedAsync(unchanged.AddMicroseconds(-1)));

        await Settings.SaveAsync("U2", null, new(new(), null, null), Cancellation);
        Assert.Equal([("U2", null, "es-ES")], await ChangedAsync(unchanged.AddMicroseconds(-1)));

        async Task<IEnumerable<(string, string?, string?)>> ChangedAsync(
            DateTimeOffset after,
            string afterUserId = "",
            int limit = 10
        ) =>
            (await Users.LanguagesChangedAsync(after, afterUserId, limit, Cancellation)).Select(changed =>
                (changed.UserId, changed.Own, changed.Locale)
            );
    }

    [Fact]
    public async Task An_absence_ends_by_itself()
    {
        await Users.SetAwayAsync("U1", "Ada", away: true, Now, Cancellation, until: Now.AddHours(2));
        var user = await Users.GetAsync("U1", Cancellation);
        Assert.Equal((true, Now.AddHours(2)), (user!.Away, user.AwayUntil));
        Assert.Equal("U2", (await AssignedAsync("C1", "U1", "U2")).RunnerUserId);

        Time.Advance(TimeSpan.FromHours(2));

        user = await Users.GetAsync("U1", Cancellation);
        Assert.Equal((false, null), (user!.Away, user.AwayUntil));
        Assert.Equal("U1", (await AssignedAsync("C2", "U1", "U2")).RunnerUserId);
    }

    [Fact]
    public async Task The_end_of_an_earlier_absence_does_not_end_one_that_an_older_worker_stores()
    {
        await Users.SetAwayAsync("U1", "Ada", away: true, Now, Cancellation, until: Now.AddHours(2));
        Time.Advance(TimeSpan.FromHours(3));

        await ExecuteAsync("UPDATE users SET away = TRUE, away_as_of = @now WHERE user_id = 'U1'", new { now = Now });

        Assert.True((await Users.GetAsync("U1", Cancellation))!.Away);
    }

    [Fact]
    public async Task Who_is_not_to_be_disturbed_now_is_away_as_long_as_they_want_that()
    {
        var wants = new StoredSettings(new(AwayInDoNotDisturb: true), null, null);
        await Settings.SaveAsync("U1", "Ada", wants, Cancellation);
        var run = await OpenWithOrdersAsync("C1", "U1", "U2");
        var question = await Settings.FindDoNotDisturbAsync(run.RunId, Cancellation);
        Assert.Equal((run.RunId, 2), (question!.Run.RunId, question.OrderCount));
        Assert.Equal(["U1"], question.ToAsk);

        await Settings.SaveDoNotDisturbAsync([("U1", Now.AddDays(1)), ("U2", Now.AddDays(1))], Cancellation);
        Time.Advance(Options.OrderWindow);
        Assert.Equal("U2", (await AssignAsync(run)).Run!.RunnerUserId);

        // Switched off, and on again: what Slack said before does not count.
        await Settings.SaveAsync("U1", null, wants with { Settings = new() }, Cancellation);
        await Settings.SaveAsync("U1", null, wants, Cancellation);
        Assert.Equal("U1", (await AssignedAsync("C2", "U1", "U2")).RunnerUserId);
    }

    [Fact]
    public async Task Who_has_opted_out_is_spared_until_they_have_taken_part_often_enough()
    {
        Options.OptOutRuns = 2;
        await Settings.SaveAsync("U1", "Ada", new(new(OptedOut: true), null, null), Cancellation);

        Assert.Equal("U2", (await AssignedAsync("C1", "U1", "U2")).RunnerUserId);
        Assert.Equal("U2", (await AssignedAsync("C2", "U1", "U2")).RunnerUserId);
        var numbers = await Runs.NumbersOfAsync("U1", Cancellation);
        Assert.Equal((0, 2), (numbers!.RunsMade, numbers.RunsTakenPart));
        Assert.Equal("U1", (await AssignedAsync("C3", "U1", "U2")).RunnerUserId);
        Assert.Equal("U2", (await AssignedAsync("C4", "U1", "U2")).RunnerUserId);
    }

    [Fact]
    public async Task The_preview_is_what_the_choice_becomes()
    {
        await AssignedAsync("C1", "U1");
        var run = await OpenWithOrdersAsync("C2", "U1", "U2");

        var preview = await Runs.PreviewAsync(run, Cancellation);
        Time.Advance(Options.OrderWindow);
        var chosen = (await AssignAsync(run)).Run!;

        Assert.Equal(("U2", chosen.AssignmentReason), (preview!.RunnerUserId, preview.ReasonParts.InEnglish()));
        Assert.Equal("U2", chosen.RunnerUserId);
        Assert.Null(await Runs.PreviewAsync(chosen, Cancellation));
    }

    [Fact]
    public async Task Runs_nearby_are_those_in_channels_of_earlier_runs()
    {
        await AssignedAsync("C1", "U1", "U2");
        await Runs.CompleteAsync(
            (await Runs.ListAsync(null, "C1", null, 1, Cancellation))[0].Run.RunId,
            "U1",
            null,
            Cancellation,
            isAdmin: true
        );
        var here = await OpenWithOrdersAsync("C1", "U2");
        await OpenWithOrdersAsync("C2", "U2");

        Assert.Equal(here.RunId, Assert.Single(await Runs.ListNearbyAsync("U1", 5, Cancellation)).Run.RunId);
        Assert.Empty(await Runs.ListNearbyAsync("U2", 5, Cancellation));
    }

    [Fact]
    public async Task The_reminder_is_due_after_the_minutes_that_the_runner_has_set()
    {
        await Settings.SaveAsync("U1", "Ada", new(new(ReminderMinutes: 2), null, null), Cancellation);
        await AssignedAsync(Channel, "U1");

        Time.Advance(TimeSpan.FromSeconds(119));
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_postponed_reminder_is_queued_when_it_is_due_and_not_missed_before()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay);
        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));

        Assert.True(await Runs.PostponeReminderAsync(run.RunId, "U1", Now.AddHours(1), Cancellation));
        Assert.False(await Runs.PostponeReminderAsync(run.RunId, "U2", Now.AddHours(9), Cancellation));

        Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
        Assert.DoesNotContain(
            await Sweeps.RequeueLaggingAsync(10, TimeSpan.FromMinutes(1), Cancellation),
            lagging => lagging.EventType == EventTypes.ReminderDue
        );
        Assert.DoesNotContain(
            await Sweeps.UntoldRunnersAsync(10, TimeSpan.FromMinutes(1), Cancellation),
            untold => untold.Kind == MessageKinds.ReminderEmail
        );
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Fact]
    public async Task New_settings_bring_a_postponed_reminder_back()
    {
        var run = await AssignedAsync(Channel, "U1");
        Time.Advance(Options.ReminderDelay);
        await Runs.PostponeReminderAsync(run.RunId, "U1", Now.AddHours(8), Cancellation);
        Assert.Empty(await Sweeps.QueueDueRemindersAsync(10, Cancellation));

        await Settings.SaveAsync("U1", null, new(new(), null, null), Cancellation);

        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_new_runner_does_not_inherit_the_quiet_hours_of_the_earlier_one()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        await Runs.PostponeReminderAsync(run.RunId, run.RunnerUserId!, Now.AddHours(8), Cancellation);

        await Runs.StepBackAsync(run.RunId, run.RunnerUserId!, null, null, Cancellation);
        Time.Advance(Options.ReminderDelay + TimeSpan.FromSeconds(1));

        Assert.Single(await Sweeps.QueueDueRemindersAsync(10, Cancellation));
    }
}
