namespace Microsoft.Azure.Functions.Worker;

/// <summary>The parameter, a <see cref="TimerInfo"/>, is what the function is called with when its schedule is due.</summary>
/// <param name="schedule">Six-field NCRONTAB in UTC (<c>0 */5 * * * *</c>), a TimeSpan (<c>00:00:30</c>), or <c>%Setting%</c>.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;

    /// <summary>Accepted for source compatibility; this host keeps no schedule state outside the process.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Also fire once when the host has started.</summary>
    public bool RunOnStartup { get; set; }
}

/// <summary>What a timer function is told.</summary>
public sealed class TimerInfo
{
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>The occurrence was due while the function's previous invocation still ran.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>Times are UTC and known since the process started.</summary>
public sealed class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
