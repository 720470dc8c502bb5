using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>What the functions behind Slack's addresses share.</summary>
public static class SlackRequest
{
    /// <summary>The body, whose signature <see cref="SlackSignatureCheck"/> has verified.</summary>
    public static VerifiedBody VerifiedBody(this FunctionContext context) =>
        (VerifiedBody)context.Items[typeof(VerifiedBody)];

    /// <param name="reason">What is wrong, without the request's contents.</param>
    public static RequestRefusedException Unreadable(string reason) =>
        new(StatusCodes.Status400BadRequest, "The request cannot be read.", $"Wrong: {reason}.");
}
