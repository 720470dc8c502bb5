using System.Text.Json.Nodes;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class SettingsTests
{
    private static readonly PersonSettings Everything = new(
        ReminderMinutes: 2,
        ReminderInThread: true,
        new QuietHours(new(22, 0), new(7, 30)),
        AwayInDoNotDisturb: true,
        OptedOut: true,
        Language: "de"
    );

    [Fact]
    public void A_form_that_is_submitted_as_it_is_changes_nothing()
    {
        foreach (var settings in (PersonSettings[])[new(), Everything])
        {
            var form = SettingsForm.Build(settings, "Europe/Berlin", optOutRuns: 10, windowDays: 30);
            BlockKitLimits.AssertWithin(form);

            Assert.Equal(settings, SettingsForm.Read(Submit(form)).Settings);
        }
    }

    [Fact]
    public void The_form_is_within_the_limits_of_Slack_in_every_language_and_offers_each_by_its_own_name()
    {
        foreach (var language in Languages.All)
        {
            using var _ = Languages.Use(language);
            var form = SettingsForm.Build(
                Everything,
                "America/Argentina/ComodRivadavia",
                optOutRuns: 10,
                windowDays: 30
            );

            BlockKitLimits.AssertWithin(form);
            Assert.DoesNotContain("…", $"{form.Title!.Text}{form.Submit!.Text}{form.Close!.Text}");
            var offered = form.Blocks.OfType<InputBlock>().Select(input => input.Element).OfType<StaticSelect>().Last();
            Assert.Equal(
                ["English", "Deutsch", "Français", "Español"],
                offered.Options.Skip(1).Select(choice => choice.Text.Text)
            );
            Assert.Equal(Everything, SettingsForm.Read(Submit(form)).Settings);
        }
    }

    [Fact]
    public void A_form_that_does_not_ask_for_the_language_leaves_it_to_Slack()
    {
        var form = SettingsForm.Build(new(), "Etc/UTC", optOutRuns: 10, windowDays: 30);
        var older = form with
        {
            Blocks = [.. form.Blocks.OfType<InputBlock>().Where(input => input.BlockId != "language")],
        };

        Assert.Equal(new PersonSettings(), SettingsForm.Read(Submit(older)).Settings);
    }

    [Theory]
    [InlineData("22:00", "none", "quiet_to")]
    [InlineData("none", "07:00", "quiet_from")]
    [InlineData("07:00", "07:00", "quiet_to")]
    public void Quiet_hours_have_a_beginning_and_another_end(string from, string to, string field)
    {
        var (settings, error) = Read(("quiet_from", from), ("quiet_to", to));

        Assert.Null(settings);
        Assert.Equal(field, Assert.Single(error!.Errors!).Key);
    }

    [Theory]
    [InlineData("reminder_minutes", "5")]
    [InlineData("reminder_minutes", "-1")]
    [InlineData("reminder_place", "email")]
    [InlineData("quiet_from", "07:15")]
    [InlineData("language", "it")]
    public void What_the_form_does_not_offer_is_not_read(string field, string value) =>
        Assert.Equal((null, null), Read((field, value)));

    [Fact]
    public void The_home_says_what_opting_out_means_with_the_numbers_of_the_choice()
    {
        var person = new HomePerson
        {
            Settings = new(OptedOut: true),
            Numbers = new("U1", RunsMade: 1, RunsTakenPart: 12, LastRunAt: null, Any.Now),
            RunsBeforeNextTurn = 20,
        };

        Assert.Contains(
            "*You are not chosen*, because you do not want to go. In the last 30 days you took part in 12 runs and went for 1. From 20 runs on I choose you again",
            Shown(person)
        );
        Assert.Contains(
            "*it is your turn again*",
            Shown(person with { Numbers = person.Numbers with { RunsTakenPart = 20 } })
        );
    }

    [Fact]
    public void The_home_names_the_next_duty()
    {
        Assert.Contains("*You go* for the run in <#C1>", Shown(new() { Duties = [new(Any.Assigned, Why: null)] }));
        Assert.Contains(
            "Your turn is likely next: if I chose now, you would go for the run in <#C1> (0 runs",
            Shown(new() { Duties = [new(Any.Run, "0 runs in 30 days")] })
        );
        Assert.Contains("you go for no run", Shown(new()));
    }

    [Fact]
    public void An_absence_with_an_end_is_confirmed_in_the_persons_time_zone() =>
        Assert.Contains(
            "until Friday, 4 December 2026, 00:00 (Europe/Berlin)",
            Replies.Away(new(2026, 12, 4, 0, 0, 0, TimeSpan.FromHours(1)), "Europe/Berlin").Text
        );

    private static string Shown(HomePerson person) =>
        string.Join(
            '\n',
            HomeView.Build([], [], person).Blocks.OfType<SectionBlock>().Select(block => block.Text!.Text)
        );

    private static (PersonSettings?, ViewResponse?) Read(params (string Field, string Value)[] changes)
    {
        var form = SettingsForm.Build(new(), "Etc/UTC", optOutRuns: 10, windowDays: 30);
        return SettingsForm.Read(Submit(form, changes));
    }

    /// <summary>What Slack sends when a person changes these fields and submits.</summary>
    private static Interaction Submit(View form, params (string Field, string Value)[] changes)
    {
        var values = new JsonObject();
        foreach (var input in form.Blocks.OfType<InputBlock>())
        {
            var changed = changes.FirstOrDefault(change => change.Field == input.BlockId).Value;
            values[input.BlockId!] = new JsonObject
            {
                [input.Element.ActionId] = input.Element switch
                {
                    StaticSelect select => Selected(select.Type, changed ?? select.InitialOption!.Value),
                    RadioButtons radio => Selected(radio.Type, changed ?? radio.InitialOption!.Value),
                    Checkboxes boxes => new JsonObject
                    {
                        ["type"] = boxes.Type,
                        ["selected_options"] = new JsonArray([
                            .. (boxes.InitialOptions ?? []).Select(box => new JsonObject { ["value"] = box.Value }),
                        ]),
                    },
                    _ => throw new NotSupportedException(),
                },
            };
        }
        var payload = new JsonObject
        {
            ["type"] = "view_submission",
            ["team"] = new JsonObject { ["id"] = "T1" },
            ["user"] = new JsonObject { ["id"] = "U1" },
            ["view"] = new JsonObject
            {
                ["callback_id"] = form.CallbackId,
                ["state"] = new JsonObject { ["values"] = values },
            },
        };
        Assert.True(Interaction.TryParse(payload.ToJsonString(), out var interaction, out var fault), fault);
        return interaction;
    }

    private static JsonObject Selected(string type, string value) =>
        new()
        {
            ["type"] = type,
            ["selected_option"] = new JsonObject { ["value"] = value },
        };
}
