using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Timers;

internal sealed class TimerListenerFactory(
    FunctionExecutor executor,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<TimerListener> logger
)
{
    public IEnumerable<ITriggerListener> Create(HostState state) =>
        from function in state.Functions
        let timer = function.Trigger as TimerBinding
        where timer is not null
        select new TimerListener(function, timer, executor, metrics, time, logger);
}
