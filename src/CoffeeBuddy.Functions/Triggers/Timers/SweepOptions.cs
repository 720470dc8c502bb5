using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Settings of the timers: configuration section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    /// <summary>Schedule of all sweeps except the retention: an NCRONTAB expression of six fields.</summary>
    [Required]
    public string Schedule { get; set; } = "";

    /// <summary>Schedule of the retention: an NCRONTAB expression of six fields.</summary>
    [Required]
    public string RetentionSchedule { get; set; } = "";

    /// <summary>
    /// How long the Slack messages of a run may lag behind the database before the run is queued again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromMinutes(1);
}
