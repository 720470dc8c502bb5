using System.ComponentModel.DataAnnotations;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>When the timers fire: configuration section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    /// <summary>Six-field NCRONTAB of the sweeps that bring runs forward.</summary>
    [Required]
    public string Schedule { get; set; } = "";

    /// <summary>Six-field NCRONTAB of the deletion of what is past its retention.</summary>
    [Required]
    public string RetentionSchedule { get; set; } = "";

    /// <summary>How long a run's messages may lag before the run is queued again.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromMinutes(1);
}
