using System.Collections.Concurrent;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>
/// The language of each person, in memory, so that no request waits for it: what the person has chosen, otherwise
/// Slack's, otherwise the office's. Changes that other workers store are read every few seconds. While the database is
/// away, the last known languages stay.
/// </summary>
public sealed partial class PersonLanguages(
    UserStore users,
    IOptions<CoffeeOptions> options,
    TimeProvider time,
    ILogger<PersonLanguages> logger
) : BackgroundService
{
    /// <summary>The most people who are held: about 10 MB. Others are addressed in the office's language.</summary>
    public const int MaxPeople = 100_000;

    private const int PageSize = 1000;

    /// <summary>
    /// Each refresh also reads the changes of this time before the last change that is known. The clocks of workers
    /// differ, and a change becomes visible only when it is committed, so such a change can appear late.
    /// </summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    // Only those of another language than the office's.
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private DateTimeOffset _readUntil = DateTimeOffset.UnixEpoch;
    private bool _isAway;

    /// <summary>Texts are in the person's language until the result is disposed.</summary>
    /// <param name="userId">Null: nobody in particular.</param>
    public LanguageScope UseOf(string? userId) =>
        Languages.Use(userId is not null && _known.TryGetValue(userId, out var language) ? language : Offices);

    /// <summary>Texts are in the language of messages that everybody sees until the result is disposed.</summary>
    public LanguageScope UseOffices() => Languages.Use(Offices);

    /// <summary>Takes in what is stored about a person.</summary>
    /// <param name="own">What they have chosen; null: as in Slack.</param>
    /// <param name="locale">As Slack tells it; null: it has not.</param>
    public void Learn(string userId, string? own, string? locale)
    {
        var language = Languages.OfLocale(own) ?? Languages.OfLocale(locale);
        if (language is null || language == Offices)
            _known.TryRemove(userId, out _);
        else if (_known.ContainsKey(userId) || _known.Count < MaxPeople)
            _known[userId] = language;
        else
            Log.TooMany(logger, MaxPeople);
    }

    /// <summary>Reads the languages that changed since they were last read; at first all.</summary>
    /// <returns>False when the database is away.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (after, afterUserId) = (_readUntil - Overlap, "");
            IReadOnlyList<PersonLanguage> page;
            do
            {
                page = await users.LanguagesChangedAsync(after, afterUserId, PageSize, cancellationToken);
                foreach (var changed in page)
                {
                    Learn(changed.UserId, changed.Own, changed.Locale);
                    (after, afterUserId) = (changed.ChangedAt!.Value, changed.UserId);
                }
            } while (page.Count == PageSize);
            if (afterUserId.Length > 0)
                _readUntil = after;
            _isAway = false;
            return true;
        }
        catch (Exception exception) when (exception is DatabaseFailureException or PostgresException)
        {
            // PostgresException: not migrated yet, see SchemaHealth.
            if (!_isAway)
                Log.NotRead(logger, exception.Message);
            _isAway = true;
            return false;
        }
    }

    /// <summary>The worker is ready with the languages that are stored.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.LanguageRefresh, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The worker stops.
            }
        }
    }

    private string Offices => options.Value.Language;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Languages of people were not read, the last known stay in use: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "More than {MaxPeople} people have another language than the office: the others are addressed in the office's"
        )]
        public static partial void TooMany(ILogger logger, int maxPeople);
    }
}
