using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Recognises a request of Slack that was received before, byte for byte and at any replica. Slack itself repeats only
/// events, and those have an id of their own.
/// </summary>
public sealed class ReplayCheck(ProcessedEvents processed)
{
    /// <summary>Longer than a signature is valid: from 300 s before its timestamp to 300 s after it.</summary>
    private static readonly TimeSpan Memory = (2 * SlackSignature.Tolerance) + TimeSpan.FromMinutes(1);

    /// <summary>
    /// One round trip. Takes no cancellation token: a request that is noted is carried out, also when Slack has hung up.
    /// </summary>
    /// <exception cref="DatabaseFailureException">Whether it was received before cannot be told.</exception>
    public async Task<bool> IsFirstAsync(VerifiedBody body)
    {
        var claim = await processed.ClaimAsync($"request:{body.Id}", Memory, CancellationToken.None);
        return claim.State == EventClaimState.Claimed;
    }
}
