using CoffeeBuddy.Benchmarks;
using CoffeeBuddy.Benchmarks.Peers;

// The programs that the worker is compared with are started from this assembly, as processes of their own.
if (args is ["serve", var peer, .. var rest])
    return await PeerCommand.RunAsync(peer, rest);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
return await BenchmarkCommand.Create().Parse(args).InvokeAsync(cancellationToken: stop.Token);
