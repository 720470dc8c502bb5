using System.Text;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>Slack's Events API: verified, handed to Kafka, acknowledged. The work is done by <c>ProcessSlackEvents</c>.</summary>
public sealed class SlackEvents(SlackIntake intake)
{
    [Function(nameof(SlackEvents))]
    [SlackSigned(SlackSignedAttribute.Json)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/events")] HttpRequest request,
        FunctionContext context
    )
    {
        var body = context.VerifiedBody();
        if (!SlackEventEnvelope.TryParse(body, out var envelope, out var fault))
            throw SlackAnswers.Unreadable(fault);
        // They become part of keys, in Kafka and in the database.
        if (envelope.Event?.Channel is { } channel && !SlackIds.IsId(channel))
            throw SlackAnswers.Unreadable("no channel id in channel");
        if (envelope.EventId is { } eventId && !SlackIds.IsId(eventId))
            throw SlackAnswers.Unreadable("no id in event_id");
        if (envelope.Type == SlackEventEnvelope.UrlVerification)
            return Results.Text(envelope.Challenge, "text/plain");
        if (envelope.Type == SlackEventEnvelope.EventCallback && intake.IsOfInterest(envelope.Event!))
            await intake.AcceptAsync(
                SlackIntake.EventType,
                Encoding.UTF8.GetString(body),
                envelope.WorkspaceId,
                envelope.Event!.Channel ?? envelope.Event.User ?? envelope.WorkspaceId,
                context.CancellationToken
            );
        return Results.Ok();
    }
}
