using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Verifies and reads one Slack request of each kind, and builds the order form.</summary>
public static class SlackRehearsal
{
    /// <returns>Whether all the requests could be read.</returns>
    public static bool Run(Menu menu)
    {
        var form = OrderModal.Build(
            new OrderForm
            {
                RunId = Guid.Parse("01890000-0000-7000-8000-000000000000"),
                ChannelId = "C0",
                InitiatorUserId = "U0",
                Menu = menu,
                LastDrinks = [new Drink("Latte", "Large", ["Oat milk"])],
            }
        );
        BlockKitJson.Serialize(form);

        ReadOnlySpan<byte> command =
            "team_id=T0&channel_id=C0&channel_name=coffee&user_id=U0&user_name=noor&command=%2Fcoffee&text=&trigger_id=1.2.3"u8;
        var submission = Encoding.UTF8.GetBytes(
            $"payload={Uri.EscapeDataString(Submission(form.PrivateMetadata ?? ""))}"
        );
        Verify(command);
        Verify(submission);
        return SlashCommand.TryParse(command, out _, out _)
            && Interaction.TryParse(SlackForm.Parse(submission)["payload"], out var interaction, out _)
            && OrderModal.TryRead(interaction, out _)
            && SlackEventEnvelope.TryParse(
                """{"type":"event_callback","team_id":"T0","event_id":"Ev0","event":{"type":"message","channel":"C0","user":"U0","text":"latte","ts":"1.2"}}"""u8,
                out _,
                out _
            );
    }

    private static void Verify(ReadOnlySpan<byte> body) =>
        SlackSignature.Verify(
            "secret",
            DateTimeOffset.UnixEpoch.ToUnixTimeSeconds().ToString(),
            $"v0={new string('0', 64)}",
            body,
            DateTimeOffset.UnixEpoch
        );

    private static string Submission(string metadata) =>
        $$"""
            {
              "type": "view_submission", "user": { "id": "U0", "name": "noor" }, "team": { "id": "T0" },
              "view": {
                "id": "V0", "callback_id": "{{Actions.OrderCallback}}",
                "private_metadata": "{{JsonEncodedText.Encode(metadata)}}",
                "state": {
                  "values": {
                    "drink:0": { "drink": { "selected_option": { "value": "Latte" } } },
                    "size:0": { "size": { "selected_option": { "value": "Large" } } }
                  }
                }
              }
            }
            """;
}
