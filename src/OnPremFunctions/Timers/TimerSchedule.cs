using NCrontab;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Timers;

/// <summary>The schedule of a timer: six-field NCRONTAB in UTC, or an interval.</summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule? _cron;
    private readonly TimeSpan _interval;
    private readonly string _text;

    private TimerSchedule(string text, CrontabSchedule? cron, TimeSpan interval)
    {
        _text = text;
        _cron = cron;
        _interval = interval;
    }

    /// <summary>The first occurrence after <paramref name="time"/>; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        if (_cron is null)
            return time + _interval;

        var next = _cron.GetNextOccurrence(time.UtcDateTime, DateTime.MaxValue);
        return next == DateTime.MaxValue ? null : new DateTimeOffset(DateTime.SpecifyKind(next, DateTimeKind.Utc));
    }

    /// <returns>Null, with the reason, when <paramref name="text"/> is not a valid schedule.</returns>
    public static TimerSchedule? TryParse(string text, out string reason)
    {
        reason = "";
        if (Durations.TryParse(text, out var interval))
        {
            if (interval > TimeSpan.Zero)
                return new TimerSchedule(text, null, interval);
            reason = "an interval must be above 00:00:00";
            return null;
        }

        if (text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length != 6)
        {
            reason =
                "a schedule has six fields ({second} {minute} {hour} {day} {month} {day-of-week}) or is a TimeSpan";
            return null;
        }

        var cron = CrontabSchedule.TryParse(
            text,
            new CrontabSchedule.ParseOptions { IncludingSeconds = true },
            static schedule => (Schedule: (CrontabSchedule?)schedule, Reason: ""),
            static error => (null, error().Message)
        );
        reason = cron.Reason.TrimEnd('.');
        if (cron.Schedule is null)
            return null;

        var parsed = new TimerSchedule(text, cron.Schedule, default);
        if (parsed.After(DateTimeOffset.UnixEpoch) is not null)
            return parsed;
        reason = "there is no such day";
        return null;
    }

    public override string ToString() => _text;
}
