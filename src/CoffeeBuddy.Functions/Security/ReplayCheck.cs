using System.Collections.Concurrent;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// Recognises a request of Slack that was received before, byte for byte and at any replica. Slack itself repeats only
/// events, and those have an id of their own.
/// </summary>
public sealed class ReplayCheck(ProcessedEvents processed, TimeProvider time)
{
    /// <summary>Longer than a signature is valid: from 300 s before its timestamp to 300 s after it.</summary>
    private static readonly TimeSpan Memory = (2 * SlackSignature.Tolerance) + TimeSpan.FromMinutes(1);

    /// <summary>Most requests in this process's memory; the database knows the others.</summary>
    private const int MaxReceived = 20_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _received = new(StringComparer.Ordinal);

    // The dictionary's own count takes all of its locks.
    private int _count;

    /// <summary>
    /// Answers a request that this process has received before without a round trip and before anything is counted: who
    /// sends a captured request again must not use up the person's limit. A request that failed is not remembered.
    /// </summary>
    public async Task<T> OnceHereAsync<T>(VerifiedBody body, Func<Task<T>> answer, Func<T> repeated)
    {
        if (!_received.TryAdd(body.Id, time.GetUtcNow()))
            return repeated();
        if (Interlocked.Increment(ref _count) > MaxReceived)
            RemoveOld();
        try
        {
            return await answer();
        }
        catch
        {
            if (_received.TryRemove(body.Id, out _))
                Interlocked.Decrement(ref _count);
            throw;
        }
    }

    /// <summary>
    /// One round trip. Takes no cancellation token: a request that is noted is carried out, also when Slack has hung up.
    /// </summary>
    /// <exception cref="DatabaseFailureException">Whether it was received before cannot be told.</exception>
    public async Task<bool> IsFirstAsync(VerifiedBody body) =>
        (await ClaimAsync(body)).State == EventClaimState.Claimed;

    /// <summary>
    /// Like <see cref="IsFirstAsync"/>, for what may be done twice but must not be lost: when it fails, the same request
    /// can be sent again.
    /// </summary>
    /// <exception cref="DatabaseFailureException">Whether it was received before cannot be told.</exception>
    public async Task<T> OnceAsync<T>(VerifiedBody body, Func<Task<T>> work, Func<T> repeated)
    {
        var claim = await ClaimAsync(body);
        if (claim.State != EventClaimState.Claimed)
            return repeated();
        try
        {
            return await work();
        }
        catch
        {
            await ReleaseAsync(claim);
            throw;
        }
    }

    private Task<EventClaim> ClaimAsync(VerifiedBody body) =>
        processed.ClaimAsync($"request:{body.Id}", Memory, CancellationToken.None);

    private async Task ReleaseAsync(EventClaim claim)
    {
        try
        {
            await processed.ReleaseAsync(claim, CancellationToken.None);
        }
        catch (DatabaseFailureException)
        {
            // A repetition is told that the request was received, until the claim ends.
        }
    }

    private void RemoveOld()
    {
        var now = time.GetUtcNow();
        foreach (var request in _received.Where(request => now - request.Value >= Memory).ToList())
            _received.TryRemove(request);
        if (_received.Count >= MaxReceived)
            _received.Clear();
        Volatile.Write(ref _count, _received.Count);
    }
}
