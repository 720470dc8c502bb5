using System.CommandLine;
using System.Runtime.InteropServices;
using CoffeeBuddy.Scaling;

// Exit code after a signal by convention of the shells: 128 and the number of the signal.
var interrupted = 0;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var parsed = ScalingCommand.Create(RunAsync).Parse(args);

// The handlers above stop the run: the library would end the process 2 s after a signal.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, stop.Token);
return parsed.Errors.Count > 0 ? ScalingCommand.WrongArguments : code;

async Task<int> RunAsync(ScalingOptions options, CancellationToken cancellation)
{
    try
    {
        return await ScalingRun.PlayAsync(options, Console.Out, cancellation) ? 0 : 1;
    }
    catch (Exception) when (cancellation.IsCancellationRequested)
    {
        // A call that was interrupted can throw any type of exception. All parts have been stopped.
        await Console.Error.WriteLineAsync("Interrupted.");
        return interrupted;
    }
    catch (Exception exception)
    {
        // For example a part that did not start.
        await Console.Error.WriteLineAsync($"The run failed: {exception}");
        return 1;
    }
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted = signal.Signal == PosixSignal.SIGINT ? 130 : 143;
    stop.Cancel();
}
