using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Timers;

/// <summary>The schedule of a timer function, with resolved settings.</summary>
internal sealed class TimerBinding(string parameterName, TimerSchedule schedule, bool runOnStartup)
    : TriggerBinding(parameterName)
{
    public override string Type => "timerTrigger";

    public TimerSchedule Schedule => schedule;

    public bool RunOnStartup => runOnStartup;

    public static TimerBinding? Bind(
        ParameterInfo parameter,
        TimerTriggerAttribute trigger,
        SettingResolver settings,
        Action<string> fault
    )
    {
        if (parameter.ParameterType != typeof(TimerInfo))
            fault($"its timer trigger is a {parameter.ParameterType.Name}, but must be a TimerInfo");

        var resolved = true;
        var text = settings.Resolve(
            trigger.Schedule,
            what =>
            {
                resolved = false;
                fault(what);
            }
        );
        if (!resolved)
            return null;
        if (TimerSchedule.TryParse(text, out var reason) is { } schedule)
            return new TimerBinding(parameter.Name!, schedule, trigger.RunOnStartup);

        fault($"its schedule \"{text}\" is not valid: {reason}");
        return null;
    }

    public override string ToString() => $"{schedule}";
}
