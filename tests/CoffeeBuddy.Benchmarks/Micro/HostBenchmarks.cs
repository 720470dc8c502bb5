using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using CoffeeBuddy.Benchmarks.Load;
using CoffeeBuddy.Benchmarks.Peers;
using OnPremFunctions;

namespace CoffeeBuddy.Benchmarks.Micro;

/// <summary>A trivial HTTP function on OnPremFunctions, from the socket and back.</summary>
public class HostBenchmarks
{
    private static readonly byte[] Request = HttpMessage.Get("/hello");
    private readonly byte[] _buffer = new byte[4096];
    private FunctionsHost? _host;
    private Socket? _socket;

    [GlobalSetup]
    public void Start()
    {
        _host = PeerCommand.Functions(typeof(HelloFunction), "--urls", "http://127.0.0.1:0").BuildOnPremHost();
        _host.StartAsync().GetAwaiter().GetResult();
        _socket = Connect(new Uri(_host.Urls.First()).Port);
    }

    [GlobalCleanup]
    public void Stop()
    {
        _socket?.Dispose();
        _host?.StopAsync().GetAwaiter().GetResult();
        _host?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Benchmark]
    public int HttpFunction()
    {
        _socket!.Send(Request);
        for (var length = 0; ; )
        {
            var read = _socket.Receive(_buffer, length, _buffer.Length - length, SocketFlags.None);
            length += read > 0 ? read : throw new IOException("The host has closed the connection.");
            if (HttpMessage.IsComplete(_buffer.AsSpan(0, length), out var status))
                return status == 200 ? status : throw new InvalidOperationException($"The function answered {status}.");
        }
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }
}
