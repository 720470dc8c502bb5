using System.Runtime.InteropServices;
using SlackSimulator;

if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

if (!CommandLine.TryParse(args, out var options, out var fault))
{
    await Console.Error.WriteLineAsync(fault);
    return 2;
}

var ended = new TaskCompletionSource<bool>();
void End(PosixSignalContext signal) => ended.TrySetResult(signal.Cancel = true);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
await using var server = await SimulatorServer.StartAsync(options);
Console.WriteLine($"Workspace {options.TeamName} at {server.BaseAddress} (Web API at {server.ApiAddress})");
await ended.Task;
return 0;
