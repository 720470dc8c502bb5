using System.Text;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class PayloadTests
{
    private const string CommandForm =
        "team_id=T1&channel_id=C1&user_id=U1&user_name=ada&command=%2Fcoffee&text=+hello+%26+more+&trigger_id=1.2.x&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1";

    [Fact]
    public void A_command_is_read()
    {
        Assert.True(
            SlashCommand.TryParse(Encoding.UTF8.GetBytes(CommandForm), out var command, out var reason),
            reason
        );

        Assert.Equal(
            ("T1", "C1", "U1", "ada", "/coffee", "hello & more", "1.2.x", "https://hooks.slack.com/commands/1"),
            (
                command.WorkspaceId,
                command.ChannelId,
                command.UserId,
                command.UserName,
                command.Command,
                command.Text,
                command.TriggerId,
                command.ResponseUrl
            )
        );
    }

    [Theory]
    [InlineData("coffee-corner", "coffee-corner")]
    [InlineData("privategroup", null)]
    [InlineData("directmessage", null)]
    [InlineData("", null)]
    public void The_name_of_a_channel_is_read_unless_Slack_hides_it(string told, string? name)
    {
        Assert.True(
            SlashCommand.TryParse(
                Encoding.UTF8.GetBytes($"{CommandForm}&channel_name={told}"),
                out var command,
                out var reason
            ),
            reason
        );

        Assert.Equal(name, command.ChannelName);
    }

    [Fact]
    public void An_organisations_command_without_a_team_belongs_to_the_organisation()
    {
        var form = CommandForm
            .Replace("team_id=T1", "team_id=&enterprise_id=E1&is_enterprise_install=true")
            .Replace("U1", "W1");

        Assert.True(SlashCommand.TryParse(Encoding.UTF8.GetBytes(form), out var command, out var reason), reason);
        Assert.Equal(("E1", null, "W1"), (command.WorkspaceId, command.TeamId, command.UserId));
    }

    [Fact]
    public void A_recorded_command_of_a_Slack_library_is_read()
    {
        var form = Encoding.UTF8.GetBytes(Shared.ReadOrSkip("payloads/slash_command.enterprise.form"));

        Assert.True(SlashCommand.TryParse(form, out var command, out var reason), reason);
        Assert.Equal(("T111", "W111", "/hello-world"), (command.WorkspaceId, command.UserId, command.Command));
    }

    [Theory]
    [InlineData("team_id=T1", "team_id=", "workspace")]
    [InlineData("user_id=U1", "user_id=B1", "user_id")]
    [InlineData("user_id=U1", "user_id=U1%3E%3C!channel", "user_id")]
    [InlineData("channel_id=C1&", "", "channel_id")]
    [InlineData("command=%2Fcoffee", "command=coffee", "command")]
    [InlineData("trigger_id=1.2.x", "trigger_id=", "trigger_id")]
    public void A_command_with_a_missing_field_is_refused_with_the_reason(
        string field,
        string instead,
        string reasonNames
    )
    {
        Assert.False(
            SlashCommand.TryParse(Encoding.UTF8.GetBytes(CommandForm.Replace(field, instead)), out _, out var reason)
        );
        Assert.Contains(reasonNames, reason);
    }

    [Fact]
    public void A_click_is_read()
    {
        const string json = """
            {"type":"block_actions","team":{"id":"T1","domain":"x"},"user":{"id":"U1","name":"ada"},"unknown":{"a":[1,2]},
             "container":{"type":"message","message_ts":"1.2","channel_id":"C1","thread_ts":"1.1","is_ephemeral":true},
             "trigger_id":"t","response_url":"https://hooks.slack.com/actions/1","is_enterprise_install":"false",
             "actions":[{"type":"button","action_id":"run_complete","block_id":"b","value":"v","action_ts":"3.4"}]}
            """;

        Assert.True(Interaction.TryParse(json, out var interaction, out var reason), reason);
        var action = Assert.Single(interaction.Actions);
        Assert.Equal(
            ("block_actions", "T1", "U1", "ada", "C1", "1.2", "1.1"),
            (
                interaction.Type,
                interaction.WorkspaceId,
                interaction.User.Id,
                interaction.User.DisplayName,
                interaction.ChannelId,
                interaction.MessageTs,
                interaction.Container?.ThreadTs
            )
        );
        Assert.Equal(("run_complete", "v", "3.4"), (action.ActionId, action.Value, action.ActionTs));
    }

    [Theory]
    [InlineData("payloads/block_actions.button.ephemeral.json", "block_actions")]
    [InlineData("payloads/view_submission.grid.json", "view_submission")]
    [InlineData("payloads/view_closed.json", "view_closed")]
    public void Recorded_interactions_of_a_Slack_library_are_read(string file, string type)
    {
        Assert.True(Interaction.TryParse(Shared.ReadOrSkip(file), out var interaction, out var reason), reason);

        Assert.Equal((type, "T111", "W111"), (interaction.Type, interaction.WorkspaceId, interaction.User.Id));
        if (type == InteractionTypes.ViewSubmission)
            Assert.Equal("test", interaction.View?.Value("hspI", "maBWU")?.Value);
        if (type == InteractionTypes.BlockActions)
            Assert.Equal("click_me_123", interaction.Actions[0].Value);
    }

    [Fact]
    public void An_organisations_interaction_without_a_team_belongs_to_the_organisation()
    {
        const string json =
            """{"type":"block_actions","team":null,"enterprise":{"id":"E1"},"is_enterprise_install":true,"user":{"id":"W1"},"actions":null}""";

        Assert.True(Interaction.TryParse(json, out var interaction, out var reason), reason);
        Assert.Equal(("E1", 0), (interaction.WorkspaceId, interaction.Actions.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"type\":")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"block_actions\",\"team\":{\"id\":\"T1\"}}")]
    [InlineData("{\"type\":\"block_actions\",\"team\":{\"id\":\"T1\"},\"user\":{\"id\":null}}")]
    [InlineData("{\"type\":\"block_actions\",\"user\":{\"id\":\"U1\"}}")]
    [InlineData("{\"type\":\"block_actions\",\"team\":{\"id\":\"T1\"},\"user\":\"U1\"}")]
    [InlineData("{\"type\":\"block_actions\",\"team\":{\"id\":\"T1\"},\"user\":{\"id\":\"U1\"},\"actions\":5}")]
    [InlineData("{\"type\":\"\\ud800\",\"team\":{\"id\":\"T1\"},\"user\":{\"id\":\"U1\"}}")]
    public void Other_JSON_is_refused_as_an_interaction_with_the_reason(string json)
    {
        Assert.False(Interaction.TryParse(json, out var interaction, out var reason));
        Assert.Null(interaction);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_thread_message_and_its_change_are_read()
    {
        const string json = """
            {"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"message","subtype":"message_changed","channel":"C1","channel_type":"channel","ts":"9.9",
             "message":{"type":"message","user":"U1","text":"large latte","ts":"2.2","thread_ts":"1.1","edited":{"user":"U1","ts":"9.9"}},
             "previous_message":{"user":"U1","text":"latte","ts":"2.2","thread_ts":"1.1"}}}
            """;

        Assert.True(
            SlackEventEnvelope.TryParse(Encoding.UTF8.GetBytes(json), out var envelope, out var reason),
            reason
        );
        Assert.Equal(
            ("Ev1", "T1", SlackEvent.Message, SlackEvent.MessageChanged),
            (envelope.EventId, envelope.WorkspaceId, envelope.Event!.Type, envelope.Event.Subtype)
        );
        Assert.Equal(
            ("U1", "large latte", "1.1"),
            (
                envelope.Event.ChangedMessage!.User,
                envelope.Event.ChangedMessage.Text,
                envelope.Event.ChangedMessage.ThreadTs
            )
        );
    }

    [Fact]
    public void A_user_or_channel_that_an_event_describes_as_an_object_is_read_as_its_id()
    {
        var json =
            """{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":{"type":"app_mention","user":{"id":"U1","name":"ada"},"channel":{"id":"C1"}}}"""u8;

        Assert.True(SlackEventEnvelope.TryParse(json, out var envelope, out var reason), reason);
        Assert.Equal(("U1", "C1"), (envelope.Event!.User, envelope.Event.Channel));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"type":[]}""")]
    public void Of_a_request_of_an_unknown_type_the_event_is_not_read(string slackEvent)
    {
        var json = Encoding.UTF8.GetBytes($$$"""{"type":"something_new","event_id":5,"event":{{{slackEvent}}}}""");

        Assert.True(SlackEventEnvelope.TryParse(json, out var envelope, out var reason), reason);
        Assert.Equal("something_new", envelope.Type);
        json = Encoding.UTF8.GetBytes($$$"""{"type":"event_callback","event_id":"Ev1","event":{{{slackEvent}}}}""");
        Assert.False(SlackEventEnvelope.TryParse(json, out _, out _));
    }

    [Theory]
    [InlineData("""{"type":"team_join","user":17,"channel":[],"text":{"a":1}}""")]
    [InlineData("""{"type":"function_executed","function":{"user":[]},"thread_ts":5}""")]
    [InlineData("""{"type":"message","subtype":"channel_join","user":{},"bot_id":false,"message":"x"}""")]
    public void Of_an_event_that_is_not_handled_no_field_but_its_type_is_read(string slackEvent)
    {
        var json = Encoding.UTF8.GetBytes(
            $$$"""{"type":"event_callback","event_id":"Ev1","team_id":5,"event":{{{slackEvent}}}}"""
        );

        Assert.True(SlackEventEnvelope.TryParse(json, out var envelope, out var reason), reason);
        Assert.NotEmpty(envelope.Event!.Type);
    }

    [Theory]
    [InlineData(""" "authorizations":[{"team_id":"T1","user_id":"UBOT"}],"team_id":"TSTRANGER" """, "T1")]
    [InlineData(""" "context_team_id":"T1","team_id":"TSTRANGER" """, "T1")]
    [InlineData(
        """ "authorizations":[{"team_id":null,"enterprise_id":"E1"}],"context_team_id":"T1","team_id":"T2" """,
        "T1"
    )]
    [InlineData(""" "authorizations":[],"team_id":"T1" """, "T1")]
    [InlineData(""" "team_id":null,"enterprise_id":"E1" """, "E1")]
    public void The_workspace_is_the_one_in_which_the_app_is_installed(string members, string expected)
    {
        var json = Encoding.UTF8.GetBytes(
            $$$"""{"type":"event_callback","event_id":"Ev1",{{{members}}},"is_ext_shared_channel":true,"event":{"type":"app_mention","user":"U9","user_team":"TSTRANGER","channel":"C1","ts":"1.2"}}"""
        );

        Assert.True(SlackEventEnvelope.TryParse(json, out var envelope, out var reason), reason);
        Assert.Equal(expected, envelope.WorkspaceId);
    }

    [Theory]
    [InlineData("""{"values":[]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"values":null}""")]
    public void A_state_without_values_is_empty_however_slack_writes_it(string state)
    {
        var json =
            $$$"""{"type":"view_submission","user":{"id":"U1"},"team":{"id":"T1"},"view":{"id":"V1","callback_id":"order","state":{{{state}}}}}""";

        Assert.True(Interaction.TryParse(json, out var interaction, out var reason), reason);
        Assert.Null(interaction.View!.Value("drink", "drink"));
    }

    [Fact]
    public void A_view_names_the_workspace_in_which_the_app_is_installed()
    {
        const string json =
            """{"type":"view_submission","user":{"id":"U9","team_id":"TSTRANGER"},"team":{"id":"TSTRANGER"},"view":{"id":"V1","app_installed_team_id":"T1"}}""";

        Assert.True(Interaction.TryParse(json, out var interaction, out var reason), reason);
        Assert.Equal("T1", interaction.WorkspaceId);
    }

    [Fact]
    public void The_challenge_is_read()
    {
        Assert.True(
            SlackEventEnvelope.TryParse(
                """{"type":"url_verification","challenge":"abc","token":"x"}"""u8,
                out var envelope,
                out _
            )
        );
        Assert.Equal((SlackEventEnvelope.UrlVerification, "abc"), (envelope.Type, envelope.Challenge));
    }

    [Fact]
    public void The_documented_challenge_of_Slack_is_read()
    {
        Assert.True(
            SlackEventEnvelope.TryParse(
                Encoding.UTF8.GetBytes(Shared.ReadOrSkip("payloads/url_verification.json")),
                out var envelope,
                out _
            )
        );
        Assert.StartsWith("3eZbrw1a", envelope.Challenge);
    }

    [Theory]
    [InlineData("{\"type\":\"url_verification\"}")]
    [InlineData("{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event\":{\"type\":\"message\"}}")]
    [InlineData("{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event_id\":\"Ev1\"}")]
    [InlineData("{\"type\":\"event_callback\",\"event_id\":\"Ev1\",\"event\":{\"type\":\"message\"}}")]
    [InlineData(
        "{\"type\":\"event_callback\",\"team_id\":\"T1\",\"event_id\":\"Ev1\",\"event\":{\"type\":\"message\",\"user\":\"<!here>\"}}"
    )]
    [InlineData("\ud83d")]
    public void Other_JSON_is_refused_as_an_event_with_the_reason(string json)
    {
        Assert.False(SlackEventEnvelope.TryParse(Encoding.UTF8.GetBytes(json), out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void The_readers_never_throw_for_any_input()
    {
        const string valid =
            """{"type":"event_callback","event_id":"Ev1","team_id":"T1","team":{"id":"T1"},"user":{"id":"U1"},"event":{"type":"message","user":"U1"},"view":{"state":{"values":{"b":{"a":{"value":"x"}}}}},"actions":[{}]}""";

        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 12], Gen.String)
            .Sample(
                (at, length, text) =>
                {
                    var broken = valid[..at] + text + valid[Math.Min(valid.Length, at + length)..];
                    var bytes = Encoding.UTF8.GetBytes(broken);
                    Assert.Equal(Interaction.TryParse(broken, out _, out var reason), reason is null);
                    Assert.Equal(SlackEventEnvelope.TryParse(bytes, out _, out reason), reason is null);
                    Assert.Equal(SlashCommand.TryParse(bytes, out _, out reason), reason is null);
                }
            );
    }
}
