using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Notifications.Mail;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>
/// Sends e-mail to runners whom Slack could not reach for too long. Does nothing unless a mail relay is configured.
/// </summary>
public sealed class EmailRunners(SweepStore sweep, RunnerMailer mailer, IOptions<EmailOptions> options)
{
    private const int MostPerSweep = 100;

    [Function(nameof(EmailRunners))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        if (!options.Value.IsOn)
            return;
        foreach (
            var untold in await sweep.UntoldRunnersAsync(MostPerSweep, options.Value.After, context.CancellationToken)
        )
        {
            if (!await mailer.TellAsync(untold, context.CancellationToken))
                return;
        }
    }
}
