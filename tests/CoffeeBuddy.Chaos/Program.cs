using System.Runtime.InteropServices;
using CoffeeBuddy.Chaos;

if (!ChaosOptions.TryParse(args, out var options, out var fault))
{
    await Console.Error.WriteLineAsync($"{fault}\n{ChaosOptions.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ChaosRun.PlayAsync(options, Console.Out, stop.Token) ? 0 : 1;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
