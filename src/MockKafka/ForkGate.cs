namespace MockKafka;

/// <summary>
/// Lock to hold while a process is started, and while a socket is closed whose port is bound again at once. Between
/// fork and exec a child process has copies of all sockets of its parent: a listening socket that the parent closes in
/// that moment still listens in the child.
/// </summary>
public static class ForkGate
{
    public static Lock Gate { get; } = new();
}
