using System.Diagnostics;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.BlockKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>What the functions that answer Slack share.</summary>
public static class SlackAnswers
{
    /// <summary>The body that <see cref="SlackSignatureCheck"/> has verified.</summary>
    public static byte[] VerifiedBody(this FunctionContext context) =>
        ((VerifiedBody)context.Items[typeof(VerifiedBody)]).Bytes;

    /// <summary>An answer that only the person who asked sees; it needs no call of Slack.</summary>
    public static IResult Ephemeral(SlackMessage message) =>
        Results.Text(new CommandResponse(message).ToJson(), "application/json");

    public static RequestRefusedException Unreadable(string reason) =>
        new(StatusCodes.Status400BadRequest, "The request cannot be read.", $"Wrong: {reason}.");

    /// <summary>The W3C trace context that follows an event from here to the last message.</summary>
    public static string? TraceParent => Activity.Current?.Id;

    /// <summary>A name as it can be stored and shown in one line. PostgreSQL refuses U+0000, which must not keep anybody from ordering.</summary>
    public static string PlainName(string name) =>
        name.Any(char.IsControl) ? string.Concat(name.Where(character => !char.IsControl(character))) : name;

    /// <summary>What calls for an organisation's token need to name; null where the id is an organisation's.</summary>
    public static string? TeamOf(string workspaceId) => workspaceId.StartsWith('T') ? workspaceId : null;
}
