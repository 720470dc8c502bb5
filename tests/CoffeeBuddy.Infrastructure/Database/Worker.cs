using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.DeadLetters;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Recovery;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Statistics;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Infrastructure.Database;

/// <summary>The worker's data layer. Together its methods call every operation that the stores have.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private static readonly Drink Latte = new("Latte", "Large", ["Oat milk"]);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly CoffeeOptions _options = new();
    private readonly ServiceProvider _services;

    public Worker(string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?> { ["ConnectionStrings:CoffeeBuddy"] = connectionString }
            )
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddOptions()
            .AddSingleton<TimeProvider>(_time)
            .AddCoffeeBuddyData(configuration)
            .AddSingleton<DeadLetterMarks>()
            .BuildServiceProvider();
    }

    public Data.Connections.Database Database => Get<Data.Connections.Database>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunStore Runs => Get<RunStore>();

    private SlackMessages Messages => Get<SlackMessages>();

    /// <summary>A run from its start to its completion.</summary>
    public async Task PlayAsync(string workspace, string channel)
    {
        await Runs.RehearseAsync(Cancellation);
        var run = await OpenAsync(workspace, channel);
        await OrderAsync(run, "U1");
        await OrderAsync(run, "U2", new("Tea", "Small"));
        await OrderAsync(run, "U2", key: new($"order-{channel}", "reports", "hash"));
        await OrderAsync(run, "U2", key: new($"order-{channel}", "reports", "hash"));
        Assert.Equal(
            OrderOutcome.Withdrawn,
            (await Runs.WithdrawOrderAsync(run.RunId, "U2", null, Cancellation)).Outcome
        );
        await Runs.WithdrawOrderAsync(run.RunId, "U2", null, Cancellation);
        await OrderAsync(run, "U2");
        await OrderAsync(run, "U3");
        await Get<UserStore>().PeopleOfRunAsync(run.RunId, Cancellation);
        await Get<UserStore>().SaveProfileAsync("U1", "Ana", "ana@example.com", unreachable: null, Cancellation);
        await Get<UserStore>().SetAwayAsync("U4", "Eli", away: true, _time.GetUtcNow(), Cancellation);
        Assert.Equal("Ana", (await Get<UserStore>().GetAsync("U1", Cancellation))!.DisplayName);
        var settings = Get<SettingsStore>();
        await settings.SaveAsync("U1", "Ana", new(new(AwayInDoNotDisturb: true), "Europe/Berlin", 3600), Cancellation);
        Assert.True((await settings.GetAsync("U1", Cancellation)).Settings.AwayInDoNotDisturb);
        var question = await settings.FindDoNotDisturbAsync(run.RunId, Cancellation);
        await settings.SaveDoNotDisturbAsync(
            [.. question!.ToAsk.Select(user => (user, (DateTimeOffset?)null))],
            Cancellation
        );
        var menus = Get<MenuStore>();
        var menu = (await menus.ReadAsync(workspace, channel, Cancellation)).Own;
        Assert.True((await menus.SaveAsync(menu, workspace, "U1", AuditTypes.MenuChanged, Cancellation)).Saved);
        Assert.NotEmpty((await menus.OfRunAsync(run.RunId, Cancellation)).Drinks);
        Assert.NotNull(await Runs.NumbersOfAsync("U1", Cancellation));
        Assert.NotNull(await Runs.PreviewAsync(run, Cancellation));
        await Runs.ListNearbyAsync("U1", 5, Cancellation);
        await Get<UserStore>().GetAllAsync(["U1", "U2"], Cancellation);
        Assert.NotEmpty(await Get<PreferenceStore>().LastAsync("U1", 3, Cancellation));

        var assigned = await Runs.AssignIfDueAsync(run.RunId, null, Cancellation);
        Assert.True(assigned.Assigned);
        var replaced = await Runs.ReplaceRunnerAsync(
            run.RunId,
            assigned.Run!.RunnerUserId!,
            "user_disabled",
            null,
            Cancellation
        );
        Assert.True(replaced.Assigned);
        await ShowAsync(run, channel);
        await Runs.PostponeReminderAsync(run.RunId, replaced.Run!.RunnerUserId!, _time.GetUtcNow(), Cancellation);
        await Runs.MarkReminderSentAsync(replaced.Run!, Cancellation);
        var completed = await Runs.CompleteAsync(run.RunId, replaced.Run!.RunnerUserId!, null, Cancellation);
        Assert.Equal(CloseOutcome.Closed, completed.Outcome);
        Assert.NotNull(await Runs.GetAsync(run.RunId, Cancellation));
        Assert.NotNull(await Runs.FindByThreadAsync(channel, "1.1", Cancellation));
        Assert.Single(await Runs.HistoryAsync(channel, 10, Cancellation));
        await Runs.ListAsync(workspace, channel, RunStatus.Completed, 10, Cancellation, "U1");
        var (surveys, statistics) = (Get<SurveyStore>(), Get<StatisticsStore>());
        foreach (var answer in (SurveyAnswer[])[SurveyAnswer.SoSo, SurveyAnswer.Satisfied])
            Assert.True(await surveys.AnswerAsync(run.RunId, "U1", answer, _time.GetUtcNow(), Cancellation));
        var counted = await statistics.CountAsync(new(workspace, channel), withNames: true, Cancellation);
        Assert.Equal(1, counted.Survey.Answers);
        Assert.Single(await statistics.ListAsync(new(workspace, channel), 10, Cancellation));
    }

    /// <summary>Runs that are opened later.</summary>
    public async Task PlanAsync(string workspace, string channel)
    {
        PlanRun Plan(int minutes) =>
            new(Guid.NewGuid(), workspace, null, channel, "coffee", "U1", "Ana", _time.GetUtcNow().AddMinutes(minutes));
        var cancelled = (await Runs.PlanAsync(Plan(1), Cancellation)).Planned!;
        var dropped = (await Runs.PlanAsync(Plan(2), Cancellation)).Planned!;
        var started = (await Runs.PlanAsync(Plan(-1), Cancellation)).Planned!;
        Assert.Equal(3, (await Runs.PlannedOfAsync("U1", channel, Cancellation)).Count);
        await Runs.CancelPlannedAsync(cancelled.RunId, "U1", Cancellation);
        await Runs.DropPlannedAsync(dropped.RunId, DropReason.Archived, Cancellation);
        Assert.Contains(await Runs.UntoldPlannedAsync(10, Cancellation), planned => planned.RunId == dropped.RunId);
        await Runs.MarkPlannedToldAsync(dropped.RunId, Cancellation);
        Assert.Contains(started, await Runs.DuePlannedAsync(10, Cancellation));
        Assert.True(
            (
                await Runs.OpenOrJoinAsync(new(workspace, channel, "U1", PlannedRunId: started.RunId), Cancellation)
            ).Created
        );
        await Runs.CancelAsync(started.RunId, "U1", null, Cancellation);
    }

    /// <summary>Favourites, guests, the initiator's deadline, whose turn it is, and the runner's way.</summary>
    public async Task TakeTurnsAsync(string workspace, string channel)
    {
        var run = await OpenAsync(workspace, channel);
        var guest = await Runs.PlaceGuestOrderAsync(
            new(run.RunId, "U1", null, Latte, Note: null),
            "Grey",
            Cancellation
        );
        await Runs.WithdrawGuestOrderAsync(guest.Order!.OrderId, "U1", null, Cancellation);
        await OrderAsync(run, "U5");
        await OrderAsync(run, "U6");
        var drinks = await Get<PreferenceStore>().OfferedAsync("U5", 3, Cancellation);
        Assert.True(await Get<PreferenceStore>().PinAsync("U5", drinks[0].PreferenceId, Cancellation));
        await Get<PreferenceStore>().RenameAsync("U5", drinks[0].PreferenceId, "Monday", Cancellation);
        await Get<PreferenceStore>().UnpinAsync("U5", drinks[0].PreferenceId, Cancellation);
        await Get<PreferenceStore>().RemoveAsync("U5", drinks[0].PreferenceId, Cancellation);

        Assert.Equal(
            DeadlineOutcome.Extended,
            (await Runs.ExtendAsync(run.RunId, "U1", isAdmin: false, null, Cancellation)).Outcome
        );
        var runner = (await Runs.ChooseNowAsync(run.RunId, "U1", isAdmin: false, null, Cancellation))
            .Run!
            .RunnerUserId!;
        await Runs.AskFairerAsync(run.RunId, null, Cancellation);
        Assert.Equal(TurnOutcome.Asked, (await Runs.AskToGoAsync(run.RunId, runner, "U7", null, Cancellation)).Outcome);
        await Runs.AnswerRequestAsync(run.RunId, "U7", accepts: false, null, Cancellation);
        var next = (await Runs.StepBackAsync(run.RunId, runner, "busy", null, Cancellation)).Run!.RunnerUserId!;
        Assert.Equal(
            TurnOutcome.Undecided,
            (await Runs.StepBackAsync(run.RunId, next, reason: null, null, Cancellation)).Outcome
        );
        Assert.Equal(TurnOutcome.Goes, (await Runs.VolunteerAsync(run.RunId, "U8", null, null, Cancellation)).Outcome);
        Assert.Equal(3, (await Runs.AssignmentsAsync(run.RunId, Cancellation)).Count);
        await Runs.SnoozeAsync(run.RunId, "U8", Cancellation);
        await Runs.LeaveAsync(run.RunId, "U8", isAdmin: false, null, Cancellation);
        await Runs.ComeBackAsync(run.RunId, "U8", isAdmin: false, null, Cancellation);
        Assert.Equal(ProgressOutcome.Collected, (await Runs.CollectAsync(run.RunId, "U5", null, Cancellation)).Outcome);
        await Get<SweepStore>().CancelUndecidedRunsAsync(10, Cancellation);
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);
    }

    public async Task CancelAsync(string workspace, string channel)
    {
        var run = await OpenAsync(workspace, channel);
        Assert.Equal(CloseOutcome.Closed, (await Runs.CancelAsync(run.RunId, "U1", null, Cancellation)).Outcome);
        await OpenAsync(workspace, channel);
        Assert.Equal(CloseOutcome.Closed, (await Runs.CancelInChannelAsync(channel, "U1", null, Cancellation)).Outcome);
    }

    /// <summary>What the timers do.</summary>
    public async Task SweepAsync(string workspace, string channel)
    {
        var sweeps = Get<SweepStore>();
        await OpenAsync(workspace, $"{channel}-empty");
        var due = await OpenAsync(workspace, $"{channel}-due");
        await OrderAsync(due, "U1");
        _time.Advance(_options.OrderWindow);
        Assert.Contains((due.RunId, workspace), await sweeps.RunsDueForAssignmentAsync(10, Cancellation));
        await Runs.AssignIfDueAsync(due.RunId, null, Cancellation);
        _time.Advance(_options.ReminderDelay);
        Assert.Single(await sweeps.QueueDueRemindersAsync(10, Cancellation));
        _time.Advance(_options.EmptyRunTimeout);
        Assert.Single(await sweeps.CancelEmptyRunsAsync(10, Cancellation));
        Assert.NotEmpty(await sweeps.RequeueLaggingAsync(10, TimeSpan.FromMinutes(1), Cancellation));
        Assert.NotEmpty(await sweeps.UntoldRunnersAsync(10, TimeSpan.FromMinutes(1), Cancellation));
        _time.Advance(_options.ForgottenRunTimeout);
        Assert.Single(await sweeps.CompleteForgottenRunsAsync(10, Cancellation));
    }

    /// <summary>Events out and in, and what an operator does with dead letters.</summary>
    public async Task DeliverAsync()
    {
        var outbox = Get<OutboxStore>();
        await outbox.AddAsync(Core.Events.Topics.SlackEvents, "U1", "slack.event", "{}", null, Cancellation);
        var taken = await outbox.TakePendingAsync(100, TimeSpan.FromSeconds(5), Cancellation);
        Assert.NotEmpty(taken);
        await outbox.MarkFailedAsync(taken[0].OutboxId, "too large", Cancellation);
        await outbox.MarkPublishedAsync([.. taken.Skip(1).Select(sent => sent.OutboxId)], Cancellation);
        await outbox.CountPendingAsync(Cancellation);
        Assert.Equal(1, await outbox.CountFailedAsync(Cancellation));

        var inbox = Get<ProcessedEvents>();
        await inbox.DoneAsync(await inbox.ClaimAsync("E1", TimeSpan.FromSeconds(30), Cancellation), Cancellation);
        await inbox.ReleaseAsync(await inbox.ClaimAsync("E2", TimeSpan.FromSeconds(30), Cancellation), Cancellation);

        var marks = Get<DeadLetterMarks>();
        var letter = new DeadLetterId(0, 1, _time.GetUtcNow());
        Assert.True(
            await marks.HandleAsync(letter, DeadLetterMarks.Dropped, "ops", _ => Task.CompletedTask, Cancellation)
        );
        Assert.Single(await marks.ListAsync(Cancellation));
    }

    /// <summary>What is done after a restore.</summary>
    public async Task RecoverAsync(string workspace, string channel)
    {
        var run = new EventData(Guid.CreateVersion7(), workspace, $"{channel}-lost", "U9", RunnerUserId: "U8");
        var now = _time.GetUtcNow();

        var recovered = await new RecoveryStore(Database, _time).RecoverAsync(
            [
                new(Core.Events.EventTypes.RunCreated, now, run),
                new(Core.Events.EventTypes.RunnerAssigned, now, run),
                new(Core.Events.EventTypes.RunCompleted, now, run),
            ],
            now,
            Cancellation
        );

        Assert.Equal((1, 1, 1), (recovered.Created, recovered.Assigned, recovered.Closed));
    }

    /// <summary>What an operator does with the audit and with a person's data.</summary>
    public async Task AuditAsync()
    {
        var audit = Get<AuditStore>();
        await audit.AddRefusedAsync("CancelRun", "U7", Guid.NewGuid(), "C1", "no", Cancellation);
        await audit.AddStatisticsExportedAsync("U7", "T1", "C1", Cancellation);
        await audit.AddExportedAsync(userId: null, _time.GetUtcNow(), _time.GetUtcNow(), Cancellation);
        var rows = 0;
        await foreach (
            var row in audit.ReadAsync(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(1), Cancellation)
        )
            rows++;
        Assert.True(rows > 2);
        Assert.NotNull(await Get<UserStore>().DeleteAsync("U4", Cancellation));
        Assert.Null(await Get<UserStore>().GetAsync("U4", Cancellation));
    }

    public async Task RetainAsync()
    {
        _time.Advance(TimeSpan.FromDays(_options.AuditRetentionDays + 1));
        Assert.True(await Get<SweepStore>().DeleteOldAuditAsync(Cancellation) > 0);
        Assert.True(await Get<SweepStore>().DeleteExpiredAsync(Cancellation) > 0);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private async Task<CoffeeRun> OpenAsync(string workspace, string channel) =>
        (await Runs.OpenOrJoinAsync(new(workspace, channel, "U1", "Ana"), Cancellation)).Run;

    private Task<OrderResult> OrderAsync(CoffeeRun run, string user, Drink? drink = null, IdempotencyKey? key = null) =>
        Runs.PlaceOrderAsync(new(run.RunId, user, null, drink ?? Latte, Note: null, null, key), Cancellation);

    private async Task ShowAsync(CoffeeRun run, string channel)
    {
        var claim = await ClaimAsync(run, MessageKinds.Announcement);
        Assert.True(await Messages.CompleteAsync(claim, channel, "1.1", Cancellation));
        await Messages.ReleaseAsync(await ClaimAsync(run, MessageKinds.Summary), Cancellation);
        await Messages.LeaveAsync(await ClaimAsync(run, MessageKinds.Assignment), Cancellation);
        await Messages.FailAsync(await ClaimAsync(run, MessageKinds.Completion), "is_archived", Cancellation);
    }

    private Task<SlackMessageClaim> ClaimAsync(CoffeeRun run, string kind) =>
        Messages.ClaimAsync(run.RunId, kind, "", 1, Cancellation);
}
