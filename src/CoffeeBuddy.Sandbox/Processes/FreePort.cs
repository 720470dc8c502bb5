using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>
/// Free TCP ports on 127.0.0.1 for programs that cannot use port 0 or must restart on the same port. They are below
/// 32768: Linux uses higher ports for outgoing connections. A process gets each port once. Another process can still
/// bind the port first: the caller then tries another one.
/// </summary>
public static class FreePort
{
    private const int First = 15_000;
    private const int End = 32_000;
    private static readonly HashSet<int> Given = [];

    public static int Next()
    {
        lock (Given)
        {
            for (var attempt = 0; attempt < End - First; attempt++)
            {
                var port = RandomNumberGenerator.GetInt32(First, End);
                if (!Given.Contains(port) && IsFree(port) && Given.Add(port))
                    return port;
            }
        }

        throw new InvalidOperationException($"No free TCP port between {First} and {End}.");
    }

    /// <summary>This port if it is free, else another one.</summary>
    public static int Prefer(int port) => IsFree(port) ? port : Next();

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
