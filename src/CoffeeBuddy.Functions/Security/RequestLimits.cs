using System.ComponentModel.DataAnnotations;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Security;

/// <summary>Limits for one caller, and for all callers together, in each process: section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests of one Slack user, or of one subject of access tokens, within a minute.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Authenticated requests at the same time.</summary>
    [Range(1, 100_000)]
    public int ConcurrentRequests { get; set; } = 1000;
}

/// <summary>
/// Limits the requests of this process, whatever a gateway in front of it does. They count once the caller is known: an
/// unauthenticated request takes nobody's share.
/// </summary>
public sealed class RequestLimits(IOptions<LimitOptions> options, TimeProvider time)
{
    private readonly SlidingLimit _perCaller = new(time, options.Value.RequestsPerMinute, TimeSpan.FromMinutes(1));
    private int _running;

    /// <summary>Counts a request of a person, in Slack or with an access token.</summary>
    /// <returns>Null: the request may go on; otherwise when to try again.</returns>
    public TimeSpan? TakeOfPerson(string userId) => _perCaller.Take($"user {userId}");

    /// <exception cref="RequestRefusedException">429: too many requests.</exception>
    public void Require(Caller caller)
    {
        if (
            (caller.UserId is { } userId ? TakeOfPerson(userId) : _perCaller.Take($"subject {caller.Subject}")) is
            { } wait
        )
            throw TooMany(wait);
    }

    /// <exception cref="RequestRefusedException">429: too many requests.</exception>
    public void RequireOfPerson(string userId)
    {
        if (TakeOfPerson(userId) is { } wait)
            throw TooMany(wait);
    }

    /// <summary>Runs a request beside at most <see cref="LimitOptions.ConcurrentRequests"/> others.</summary>
    /// <exception cref="RequestRefusedException">503: too many requests are running.</exception>
    public async Task RunAsync(Func<Task> request)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > options.Value.ConcurrentRequests)
                throw new RequestRefusedException(
                    StatusCodes.Status503ServiceUnavailable,
                    "Too many requests at the same time.",
                    "Try again shortly."
                )
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            await request();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private RequestRefusedException TooMany(TimeSpan wait) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Too many requests.",
            $"At most {options.Value.RequestsPerMinute} requests per minute are taken of one caller."
        )
        {
            RetryAfter = wait,
        };
}
