using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>
/// Free TCP ports on 127.0.0.1 for programs that cannot be told port 0, or must come back on the same port. They lie
/// below 32768, where Linux takes no port for outgoing connections, and none is given out twice by one process.
/// Another process may still be faster: who starts something on such a port tries another one when it was taken.
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

    /// <summary>This port when it is free, else another.</summary>
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
