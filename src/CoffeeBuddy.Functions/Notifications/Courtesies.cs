using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// Calls of Slack that nobody's order depends on: help, the Home tab, a confirmation. They are repeated a few times
/// with the record they belong to, and never dead-lettered.
/// </summary>
public sealed partial class Courtesies(ILogger<Courtesies> logger)
{
    /// <summary>Repetitions of a record for the sake of a courtesy: about 7 s in all.</summary>
    private const int MaxRetries = 3;

    /// <summary>Makes the call. A refusal, and a failure after the last repetition, is logged and done.</summary>
    /// <param name="retryCount">How often the record was repeated so far.</param>
    /// <returns>Whether Slack executed the call.</returns>
    /// <exception cref="SlackApiException">The call may succeed when the record is repeated.</exception>
    public async Task<bool> TryAsync(string what, string userId, int retryCount, Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (SlackApiException exception)
            when (retryCount >= MaxRetries
                || exception.Kind is SlackErrorKind.Permanent or SlackErrorKind.Authentication
            )
        {
            Log.NotShown(logger, what, userId, exception.Method, exception.Error);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{What} was not shown to {UserId}: {Method} failed with {Error}")]
        public static partial void NotShown(ILogger logger, string what, string userId, string method, string error);
    }
}
