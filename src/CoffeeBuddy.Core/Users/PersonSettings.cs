namespace CoffeeBuddy.Core.Users;

/// <summary>The time of day in which a person wants no reminder; it may pass midnight.</summary>
/// <param name="To">Not equal to <paramref name="From"/>.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary>When the quiet hours end; null outside of them.</summary>
    public DateTimeOffset? EndAfter(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        if (!TimeOnly.FromDateTime(local).IsBetween(From, To))
            return null;
        var end = zone.At(local.Date + To.ToTimeSpan());
        // Also where the end of today has passed: the quiet hours began today and end tomorrow.
        return end > now ? end : zone.At(local.Date.AddDays(1) + To.ToTimeSpan());
    }
}

/// <summary>What a person has set for themselves.</summary>
/// <param name="ReminderMinutes">Minutes from the assignment to the reminder; null: as set for everybody.</param>
/// <param name="ReminderInThread">The reminder comes in the run's thread instead of by direct message.</param>
/// <param name="QuietHours">In the person's time zone; null: none.</param>
/// <param name="AwayInDoNotDisturb">Away while Slack says that the person is not to be disturbed.</param>
/// <param name="OptedOut">The person does not want to go at all: see <see cref="Runs.AssignmentRules"/>.</param>
/// <param name="Language">One of <see cref="Languages.All"/>; null: as in Slack.</param>
public sealed record PersonSettings(
    int? ReminderMinutes = null,
    bool ReminderInThread = false,
    QuietHours? QuietHours = null,
    bool AwayInDoNotDisturb = false,
    bool OptedOut = false,
    string? Language = null
)
{
    /// <summary>The reminder has to come within five minutes, and sending takes a part of the last.</summary>
    public const int MaxReminderMinutes = 4;
}
