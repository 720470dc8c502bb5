using System.Runtime.InteropServices;
using CoffeeBuddy.Chaos;

if (!ChaosOptions.TryParse(args, out var options, out var fault))
{
    await Console.Error.WriteLineAsync($"{fault}\n{ChaosOptions.Usage}");
    return 2;
}

// By the convention of shells, the exit code of who is ended by a signal is 128 and the signal's number.
var interrupted = 0;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await ChaosRun.PlayAsync(options, Console.Out, stop.Token) ? 0 : 1;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    // Whatever is under way ends in its own way then. Everything was stopped and removed.
    await Console.Error.WriteLineAsync("Interrupted.");
    return interrupted;
}
catch (Exception exception)
{
    // As when a fault could not be ended, which was told when it happened: nothing can be asked then.
    await Console.Error.WriteLineAsync($"The run could not be brought to its end: {exception}");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted = signal.Signal == PosixSignal.SIGINT ? 130 : 143;
    stop.Cancel();
}
