using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Timers;

/// <summary>Creates a listener for each timer function.</summary>
internal sealed class TimerListenerFactory(
    InvocationRunner runner,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<TimerListener> logger
)
{
    public IEnumerable<ITriggerListener> Create(HostState state) =>
        from function in state.Functions
        let timer = function.Trigger as TimerBinding
        where timer is not null
        select new TimerListener(function, timer, runner, metrics, time, logger);
}
