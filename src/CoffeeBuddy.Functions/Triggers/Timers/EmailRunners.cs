using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Notifications.Mail;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Tells runners by e-mail whom Slack has not been able to tell for too long. Does nothing unless a mail relay is configured.</summary>
public sealed class EmailRunners(SweepStore sweep, RunnerMailer mailer, IOptions<EmailOptions> options)
{
    [Function(nameof(EmailRunners))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        if (!options.Value.IsOn)
            return;
        foreach (
            var untold in await sweep.UntoldRunnersAsync(Sweep.Most, options.Value.After, context.CancellationToken)
        )
        {
            if (!await mailer.TellAsync(untold, context.CancellationToken))
                return;
        }
    }
}
